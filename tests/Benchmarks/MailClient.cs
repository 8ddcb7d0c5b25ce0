using System.Net;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Benchmarks;

/// <summary>Speaks to mail sessions as a protocol server does for its client.</summary>
internal sealed class MailClient(IMailSessions sessions, EmailAddress recipient, byte[] message) : IDisposable
{
    private static readonly MailParameters Parameters = new(null, BodyType.SevenBit, IsInternationalized: false);
    private static readonly EmailAddress Sender = new("ada", "corp.example");

    private readonly CancellationTokenSource _end = new(); // as of a real session: one that could be cancelled

    private readonly SessionOpening _opening = new(
        "bench", "smtp", new IPEndPoint(IPAddress.Loopback, 50000), new IPEndPoint(IPAddress.Loopback, 25), IsEncrypted: false);

    /// <summary>So many sessions of one message each.</summary>
    public async ValueTask SendInSessionsAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await using IMailSession session = await ConnectAsync();
            await SendAsync(session);
        }
    }

    /// <summary>One session of so many messages.</summary>
    public async ValueTask SendInOneSessionAsync(int count)
    {
        await using IMailSession session = await ConnectAsync();
        for (int i = 0; i < count; i++)
        {
            await SendAsync(session);
        }
    }

    public void Dispose() => _end.Dispose();

    private async ValueTask<IMailSession> ConnectAsync()
    {
        IMailSession session = sessions.Open(_opening);
        Check(await session.ConnectAsync(_end.Token));
        Check(await session.GreetAsync("client.corp.example", extended: true, _end.Token));
        return session;
    }

    private async ValueTask SendAsync(IMailSession session)
    {
        Check(await session.SenderAsync(Sender, Parameters, _end.Token));
        Check(await session.RecipientAsync(recipient, _end.Token));
        await using MessageSink sink = session.BeginMessage();
        await sink.WriteAsync(message, _end.Token);
        MessageReplies replies = await session.CompleteAsync(sink, _end.Token);
        Check(replies.Transaction);
    }

    private static void Check(SmtpReply? reply)
    {
        if (reply is { Code: not 250 })
        {
            throw new InvalidOperationException($"not accepted: {reply}");
        }
    }
}
