using System.Text;
using PluginMail.SmtpClient;

namespace PluginMail.Fuzz;

public sealed class StsFuzz
{
    private static readonly string[] Words =
        ["\n", "\r\n", ":", ";", "*.", "version: STSv1\n", "mode: enforce\n", "mode: none", "max_age: 1", "mx: a.test\n", "v=STSv1", "id=", "v=TLSRPTv1", "rua=mailto:", ","];

    [Fact]
    public void Policy() => FuzzRun.Run("sts", Words, input =>
    {
        string text = Encoding.Latin1.GetString(input);
        _ = StsRecord.FindId([text]);
        Assert.All(StsRecord.FindReportAddresses([text]), static address => Assert.NotEmpty(address));
        if (StsPolicy.Parse(text) is not { } policy)
        {
            return;
        }

        Assert.InRange(policy.Hosts.Length, policy.Mode == StsMode.None ? 0 : 1, StsPolicy.MaximumHosts);
        Assert.InRange(policy.MaxAge, TimeSpan.Zero, TimeSpan.FromSeconds(31_557_600));
        StsPolicy? again = StsPolicy.Parse(string.Join('\n', policy.Lines));
        Assert.Equal(policy.Lines.AsEnumerable(), again!.Lines);
        Assert.False(policy.Covers("nowhere.invalid") && !policy.Hosts.Any(static host => host.EndsWith("invalid", StringComparison.Ordinal)));
    });
}
