namespace PluginMail.Abstractions;

/// <summary>A command that the plugin adds to the server's command line, under <c>pluginmail plugin run PLUGIN NAME</c>.</summary>
public interface ICommand : IMailRole
{
    /// <summary>Its name: lower-case letters, digits and hyphens.</summary>
    string Name { get; }

    /// <summary>One line of help.</summary>
    string Summary { get; }

    /// <summary>Runs it inside the server.</summary>
    /// <param name="arguments">What stood behind its name.</param>
    /// <param name="output">What is written here is shown to the person who asked.</param>
    /// <param name="cancellationToken">Cancelled when that person gave up.</param>
    /// <returns>The exit status: 0 done, 1 not so or failed, 2 unusable arguments.</returns>
    ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken);
}
