using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace PluginMail.Abstractions;

/// <summary>What the server offers to one version of a plugin.</summary>
public interface IPluginHost
{
    /// <summary>The plugin's name in mail.toml.</summary>
    string Name { get; }

    /// <summary>The name this server gives itself: <c>hostname</c> in mail.toml's [server].</summary>
    string Hostname => "localhost";

    /// <summary>The plugin's own table, <c>[plugins.NAME]</c>. Keys that nobody read are reported as unknown.</summary>
    ISettings Settings { get; }

    /// <summary>The clock. Plugins use no other, so that tests can turn it.</summary>
    TimeProvider Clock { get; }

    /// <summary>
    /// A folder of the plugin's own, for what is too large for <see cref="State"/> (an index, a cache). Absolute, there, readable by the server's user
    /// alone; shared by the plugin's versions and kept when the plugin is removed. Not shared with other servers on one store.
    /// </summary>
    string DataFolder { get; }

    /// <summary>State that outlives this version and this process, shared by all servers on one store.</summary>
    IStateStore State { get; }

    /// <summary>Brings new mail in.</summary>
    ISubmission Submission { get; }

    /// <summary>Looks names up.</summary>
    IDnsResolver Dns { get; }

    /// <summary>Asks senders' domains whether a client may send for them.</summary>
    ISenderPolicy SenderPolicy { get; }

    /// <summary>The plugin's meter; it ends with this version.</summary>
    Meter Meter { get; }

    /// <summary>Cancelled when this version retires.</summary>
    CancellationToken Stopping { get; }

    /// <summary>Makes a logger.</summary>
    /// <param name="category">A name within the plugin; the log shows <c>plugins.NAME.category</c>, or <c>plugins.NAME</c> where it is empty.</param>
    /// <returns>The logger.</returns>
    ILogger CreateLogger(string category);

    /// <summary>Runs work again and again while this version lives; a run that is still going on is not overlapped.</summary>
    /// <param name="period">Between the end of one run and the start of the next; a millisecond at least, and as long as one likes.</param>
    /// <param name="work">The work; a fault is logged and the next run comes all the same.</param>
    /// <exception cref="ArgumentOutOfRangeException">The period is under a millisecond.</exception>
    void Schedule(TimeSpan period, Func<CancellationToken, ValueTask> work);
}
