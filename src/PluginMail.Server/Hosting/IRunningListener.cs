using System.Net;
using PluginMail.Configuration.Options;

namespace PluginMail.Server;

/// <summary>A listener that listens.</summary>
internal interface IRunningListener : IAsyncDisposable
{
    /// <summary>What it speaks.</summary>
    string Name { get; }

    /// <summary>Where.</summary>
    IPEndPoint EndPoint { get; }

    /// <summary>Takes new options over.</summary>
    /// <returns>False where some of them need a new start.</returns>
    bool Apply(MailServerOptions options);

    /// <summary>Ends the sessions that an account is signed in to.</summary>
    /// <returns>How many.</returns>
    int RevokeLogin(string account);

    /// <summary>Takes no new connection, tells the open ones, and waits for their ends.</summary>
    Task StopAsync(TimeSpan patience);
}
