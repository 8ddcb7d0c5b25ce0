using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>Logs in at a relay with the best mechanism it offers: SCRAM-SHA-256, PLAIN (RFC 4616), LOGIN (RFC 4954).</summary>
/// <remarks>A refused login is a 4yz reply: the fault is in a setting, and the mail waits until it is put right.</remarks>
internal static class SaslLogin
{
    /// <summary>Logs in.</summary>
    /// <param name="connection">The relay.</param>
    /// <param name="credentials">Who logs in.</param>
    /// <param name="timeout">For each reply.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where the login was accepted.</returns>
    public static async ValueTask<SmtpReply?> RunAsync(
        SmtpConnection connection, RelayCredentials credentials, TimeSpan timeout, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> offered = connection.Capabilities.Mechanisms;
        if (offered.Contains("SCRAM-SHA-256"))
        {
            return await ScramAsync(connection, new ScramClient(credentials, ScramClient.NewNonce()), timeout, cancellationToken);
        }

        if (offered.Contains("PLAIN"))
        {
            string response = Encode($"\0{credentials.User}\0{credentials.Password}");
            return End(connection, await connection.AskAsync($"AUTH PLAIN {response}\r\n", timeout, cancellationToken));
        }

        if (!offered.Contains("LOGIN"))
        {
            return Refused(connection, "offers no login that this server knows");
        }

        SmtpReply? reply = await connection.AskAsync("AUTH LOGIN\r\n", timeout, cancellationToken);
        if (reply is { Code: 334 })
        {
            reply = await connection.AskAsync($"{Encode(credentials.User)}\r\n", timeout, cancellationToken);
        }

        if (reply is { Code: 334 })
        {
            reply = await connection.AskAsync($"{Encode(credentials.Password)}\r\n", timeout, cancellationToken);
        }

        return End(connection, reply);
    }

    private static async ValueTask<SmtpReply?> ScramAsync(SmtpConnection connection, ScramClient scram, TimeSpan timeout, CancellationToken cancellationToken)
    {
        SmtpReply? reply = await connection.AskAsync($"AUTH SCRAM-SHA-256 {Encode(scram.First)}\r\n", timeout, cancellationToken);
        if (reply is not { Code: 334 })
        {
            return End(connection, reply);
        }

        if (Decode(reply.Text) is not { } challenge || scram.Final(challenge) is not { } response)
        {
            return Refused(connection, "speaks no proper SCRAM");
        }

        reply = await connection.AskAsync($"{Encode(response)}\r\n", timeout, cancellationToken);
        if (reply is not { Code: 334 or 235 })
        {
            return End(connection, reply);
        }

        // The server's proof comes with 334, or within 235 (RFC 4954 section 4 knows both kinds of servers).
        if (Decode(reply.Text) is not { } proof || !scram.IsGenuine(proof))
        {
            return Refused(connection, "does not prove that it knows the password");
        }

        return End(connection, reply.Code == 235 ? reply : await connection.AskAsync("\r\n", timeout, cancellationToken));
    }

    private static SmtpReply? End(SmtpConnection connection, SmtpReply? reply) => reply switch
    {
        { Code: 235 } => null,
        null => Connector.Failed(connection, null, ""),
        _ => Refused(connection, $"refused the login: {reply}"),
    };

    private static SmtpReply Refused(SmtpConnection connection, string words) => new(454, new EnhancedStatusCode(4, 7, 8), $"{connection.Name} {words}");

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string? Decode(string text)
    {
        byte[] octets = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), octets, out int count) ? Encoding.UTF8.GetString(octets, 0, count) : null;
    }
}
