using Xunit.Abstractions;

namespace PluginMail.EndToEnd;

/// <summary>Messages that nobody here wrote go in and come out as they were.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class CorpusTests(SharedServer shared, ITestOutputHelper output) : ServerTests(shared.Server, output)
{
    [SkippableFact]
    public async Task Every_message_comes_back_unaltered()
    {
        string corpora = Repository.Corpora();
        Login login = await AddAccountAsync("corpus");
        await Programs.PythonAsync("corpus_session.py", corpora, Ports.Smtp, Ports.ImapTls, Ports.Pop3Tls, login.Address, login.Password);
    }
}
