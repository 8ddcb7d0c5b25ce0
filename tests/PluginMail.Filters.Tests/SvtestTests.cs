using PluginMail.Filters.Checking;
using PluginMail.Filters.Testing;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>The project's own tests in the filter test language, and what the runner does with tests that fail.</summary>
public sealed class SvtestTests
{
    public static TheoryData<string> Files() => new(Directory.GetFiles(Repository.Path("tests", "svtest"), "*.svtest").Select(path => Path.GetFileName(path)).Order());

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_passes(string file)
    {
        var report = await RunAsync(File.ReadAllText(Repository.Path("tests", "svtest", file)), file);
        Assert.Equal("", DiagnosticPrinter.Print(report.Compilation.Syntax.Text, [.. report.Compilation.Errors]));
        Assert.Null(report.Error);
        Assert.NotEmpty(report.Tests);
        Assert.Empty(report.Tests.Where(test => !test.Passed).Select(test => $"{test.Name}: {test.Failure}"));
    }

    [Fact]
    public async Task A_failing_test_says_why_and_the_next_one_runs()
    {
        var report = await RunAsync("""
            require ["vnd.dovecot.testsuite", "foreverypart"];
            test "good" { }
            test "bad" { foreverypart { test_fail "because"; } test_fail "too late"; }
            test "faulty" { test_set "nonsense" "x"; test_fail "not reached"; }
            test "stopped by a missing message" { test_message :smtp 3; }
            test "good again" { if false { test_fail "no"; } }
            """);
        Assert.Equal(
            ["good:", "bad:line 3: because", "faulty:line 4: `test_set` knows no \"nonsense\".", "stopped by a missing message:line 5: There is no such message.", "good again:"],
            report.Tests.Select(test => $"{test.Name}:{test.Failure}"));
    }

    [Fact]
    public async Task A_test_that_fails_outside_of_all_tests_is_an_error_of_the_file()
    {
        var report = await RunAsync("require \"vnd.dovecot.testsuite\"; test_fail \"alone\"; test \"never\" { }");
        Assert.Contains("alone", report.Error, StringComparison.Ordinal);
        Assert.Empty(report.Tests);
    }

    [Fact]
    public async Task The_words_need_their_capability_and_no_script_has_them()
    {
        Assert.True((await RunAsync("test \"a\" { }")).IsUnusable);
        Assert.Contains("F1003", FilterCompiler.Compile("require \"vnd.dovecot.testsuite\";").Diagnostics.Select(finding => finding.Code));
    }

    [Fact]
    public async Task Printing_goes_to_the_report()
    {
        var report = await RunAsync("""
            require ["vnd.dovecot.testsuite", "fileinto"];
            test "a" { fileinto "X"; test_result_print; test_mailbox_create "Y"; test_imap_metadata_set :mailbox "Y" "/private/a" "b"; test_binary_save "b"; test_binary_load "b"; test_mailbox_delete "Y"; }
            """);
        Assert.Equal("fileinto \"X\"", Assert.Single(report.Printed));
        Assert.True(Assert.Single(report.Tests).Passed, report.Tests[0].Failure);
    }

    private static ValueTask<FilterTestReport> RunAsync(string text, string name = "test.svtest") =>
        new FilterTestSuite(file => Read(file)).RunAsync(System.Text.Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")), name, CancellationToken.None);

    private static byte[]? Read(string file) =>
        Repository.Path("tests", "svtest", file) is var path && File.Exists(path) ? File.ReadAllBytes(path) : null;
}
