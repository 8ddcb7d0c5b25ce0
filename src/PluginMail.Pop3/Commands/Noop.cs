using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>NOOP (RFC 1939 section 5): nothing.</summary>
internal sealed record Noop : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("NOOP", "", Pop3States.Transaction, Pop3Verb.Plain(new Noop()));

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Pop3Answer.Ok("nothing done"));
}
