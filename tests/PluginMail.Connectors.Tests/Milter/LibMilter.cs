using PluginMail.Testing;
namespace PluginMail.Connectors.Tests.Milter;

/// <summary>A milter on Sendmail's own library (libmilter, through python3-milter) that writes down what it is told and changes a little.</summary>
internal sealed class LibMilter : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import sys
        import Milter

        @Milter.rejected_recipients
        @Milter.header_leading_space
        class Peer(Milter.Base):
            def say(self, *words):
                print("|".join(words), flush=True)
                return Milter.CONTINUE

            def negotiate(self, options):
                result = Milter.Base.negotiate(self, options)
                self._ctx.setsymlist(Milter.M_ENVRCPT, "{rcpt_mailer} {rcpt_host} {rcpt_addr} i")
                return result

            def envfrom(self, sender, *parameters):
                return self.say("MAIL", sender, *parameters)

            def envrcpt(self, recipient, *parameters):
                return self.say("RCPT", recipient, *parameters, *(self.getsymval(name) or "" for name in ("{rcpt_mailer}", "{rcpt_host}", "{rcpt_addr}", "i")))

            def unknown(self, command):
                self.say("UNKNOWN", command)
                self.setreply("502", "5.5.9", "No 100%% of it", "never")
                return Milter.REJECT

            @Milter.noreply
            def data(self):
                return self.say("DATA", self.getsymval("i") or "")

            @Milter.noreply
            def header(self, name, value):
                return self.say("HEADER", name, value)

            def body(self, block):
                self.say("BODY", str(len(block)))
                return Milter.SKIP

            def eom(self):
                self.progress()
                self.addrcpt("<c@example.net>", "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;o@example.org")
                self.chgfrom("<s@example.net>", "RET=HDRS ENVID=QQ1")
                self.addheader("X-Peer", " yes", 0)
                self.quarantine("seen")
                return Milter.ACCEPT

            def close(self):
                return self.say("CLOSE")

        Milter.factory = Peer
        Milter.set_flags(Milter.ADDHDRS | Milter.ADDRCPT | Milter.ADDRCPT_PAR | Milter.CHGFROM | Milter.QUARANTINE | Milter.SETSYMLIST)
        Milter.runmilter("peer", sys.argv[1], 60)
        """;

    private readonly PeerProgram _peer = new();

    public string Address => $"inet:127.0.0.1:{_peer.Port}";

    /// <summary>What it was told, a line a step.</summary>
    public string[] Told => _peer.Output().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<LibMilter> StartAsync()
    {
        PeerProgram.Require("/usr/lib/python3/dist-packages/Milter/__init__.py", "python3-milter");
        var milter = new LibMilter();
        await File.WriteAllTextAsync(milter._peer.Path("peer.py"), Script);
        await milter._peer.StartAsync(Python, milter._peer.Path("peer.py"), $"inet:{milter._peer.Port}@127.0.0.1");
        return milter;
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
