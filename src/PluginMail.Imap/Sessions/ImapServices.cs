using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>What all sessions share.</summary>
internal sealed record ImapServices(
    IMailStore Store, ISignIn SignIn, IMailboxEvents Events, ImapOptions Options, TimeProvider Clock, ILogger Log)
{
    /// <summary>Runs scripts on what owners do; null where none do.</summary>
    public IMailboxScripts? Scripts { get; init; }
}
