using PluginMail.Abstractions;

namespace PluginMail.Viruses;

/// <summary>Looks for viruses.</summary>
internal interface IVirusScanner
{
    /// <summary>Its name in the field <c>X-Virus-Scanned</c>.</summary>
    string Name { get; }

    /// <summary>Scans a message.</summary>
    /// <param name="message">The message, of which one chunk at a time is held.</param>
    /// <param name="cancellationToken">The call's end.</param>
    /// <returns>What was found; a daemon that cannot be reached is an answer too.</returns>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    ValueTask<ScanResult> ScanAsync(IMessageView message, CancellationToken cancellationToken);
}
