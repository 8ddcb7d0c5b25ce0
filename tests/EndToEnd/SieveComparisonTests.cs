namespace PluginMail.EndToEnd;

/// <summary>The project's svtest files, run through Debian's sieve-test as well.</summary>
public sealed class SieveComparisonTests
{
    [SkippableFact]
    public async Task Scripts_do_the_same_as_with_Dovecot_except_for_what_is_listed()
    {
        Programs.Require("sieve-test", "python3");
        string compare = Path.Combine(Repository.Root, "tests/svtest/compare");
        ProgramResult result = await Programs.RunAsync(
            "python3", [compare, Programs.DotNet, Repository.Server], input: null, limit: TimeSpan.FromMinutes(8)); // a process for each of some hundred scripts
        Assert.Matches(@"(?m)^[1-9][0-9]* compared, 0 differ, [0-9]+ expected$", result.Succeeded().Output);
    }

    [Fact]
    public async Task The_project_s_tests_pass_and_a_failing_one_is_told_by_the_exit_status()
    {
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "tests/svtest"), "*.svtest");
        ProgramResult passed = await Programs.RunAsync(Programs.DotNet, [Repository.Server, "filter", "test", .. files]);
        Assert.Matches(@"(?m)^[1-9][0-9]* passed, 0 failed$", passed.Succeeded().Output);
        string failing = Path.GetTempFileName();
        await File.WriteAllTextAsync(failing, "require \"vnd.dovecot.testsuite\";\ntest \"no\" { test_fail \"why\"; }\n");
        (await Programs.RunAsync(Programs.DotNet, Repository.Server, "filter", "test", failing)).Failed(1, "FAILED: no: line 2: why\n0 passed, 1 failed");
        await File.WriteAllTextAsync(failing, "test \"no\" {");
        (await Programs.RunAsync(Programs.DotNet, Repository.Server, "filter", "test", failing)).Failed(2, "F0012");
        File.Delete(failing);
    }
}
