using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>A command that was read: what it wants, and how that is done.</summary>
internal abstract record Pop3Command
{
    /// <summary>Does it. Called in a state in which the command is legal.</summary>
    /// <param name="context">The session.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>What is to happen.</returns>
    public abstract ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken);
}
