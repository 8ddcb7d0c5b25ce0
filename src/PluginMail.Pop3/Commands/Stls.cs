using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>STLS (RFC 2595 section 4): TLS begins.</summary>
internal sealed record Stls : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("STLS", "", Pop3States.Authorization, Pop3Verb.Plain(new Stls()));

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(context.Connection.CanStartTls
            ? new Pop3Answer.StartTls()
            : Pop3Answer.Error(context.Connection.IsEncrypted ? "TLS is in force already" : "TLS is not offered here"));
}
