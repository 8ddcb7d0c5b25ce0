using System.Globalization;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Configuration.Settings;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary>
/// Everything that can be said of a settings file without a running server: the file itself, the server's own filter scripts, the plugins
/// that it names with their tables, and its C# scripts.
/// </summary>
/// <param name="result">The file as it was read.</param>
/// <param name="path">Where it is.</param>
internal sealed class ConfigCheck(ConfigurationResult result, string path)
{
    private readonly List<Finding> _findings = [.. result.Findings.Select(Finding.Of)];

    /// <summary>What was found.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Whether a server would start with it.</summary>
    public bool IsUsable => !_findings.Exists(static finding => finding.IsError);

    /// <summary>Looks at what the file names; nothing, where the file itself cannot be used.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (result.Options is { } options)
        {
            CheckFilters(options.Filters);
            await CheckPluginsAsync(options, cancellationToken);
            CheckScripts(options, cancellationToken);
        }
    }

    // Words of plugins are known to the running server alone.
    private void CheckFilters(FilterOptions filters)
    {
        IEnumerable<(string Path, bool IsForEvents)> scripts =
        [
            .. filters.Before.Concat(filters.After).Select(script => (script, false)),
            .. filters.Events.SelectMany(one => one.Before.Concat(one.After)).Distinct().Select(script => (script, true)),
        ];
        foreach ((string script, bool isForEvents) in scripts)
        {
            FilterCompilation compilation = FilterCompiler.Compile(
                File.ReadAllBytes(script), script, FilterCompilerOptions.Default with { IsForEvents = isForEvents });
            _findings.AddRange(compilation.Diagnostics.Select(diagnostic => Finding.Of(compilation, diagnostic)));
        }
    }

    private async Task CheckPluginsAsync(MailServerOptions options, CancellationToken cancellationToken)
    {
        var installation = new PluginInstallation(ServerCore.PluginFolders(new DataFolder(options.Server.Data)));
        foreach (PluginEntry plugin in options.Plugins.Order)
        {
            TomlSettings table = plugin.OpenSettings();
            (string? error, bool hasReadAll) = await installation.CheckSettingsAsync(plugin.Name, table, options.Server.Hostname, cancellationToken);
            if (error is not null)
            {
                _findings.Add(new Finding(path, null, null, IsError: true, $"plugin {plugin.Name}: {error}"));
                continue;
            }

            if (hasReadAll)
            {
                table.ReportUnknownKeys();
            }

            _findings.AddRange(table.Findings.Select(Finding.Of));
        }
    }

    // What a script does with its own table is known only when it runs.
    private void CheckScripts(MailServerOptions options, CancellationToken cancellationToken) => _findings.AddRange(
        options.Scripts.Order.SelectMany(script => ScriptChecker.Check(script.Path, cancellationToken)).Select(Finding.Of));

    /// <summary>Something that is wrong, or probably not what was meant.</summary>
    /// <param name="File">The file that it is in.</param>
    /// <param name="Line">From 1; null where no place can be told.</param>
    /// <param name="Column">From 1.</param>
    /// <param name="IsError">Whether a server would not start with it.</param>
    /// <param name="Message">What it is, without the place.</param>
    internal sealed record Finding(string File, int? Line, int? Column, bool IsError, string Message)
    {
        /// <summary>As people read it, with place and excerpt.</summary>
        public string Shown { get; private init; } = $"{File}: {Message}\n";

        /// <summary>As programs read it.</summary>
        public IReadOnlyList<string> Row =>
        [
            File,
            Line?.ToString(CultureInfo.InvariantCulture) ?? "",
            Column?.ToString(CultureInfo.InvariantCulture) ?? "",
            IsError ? "error" : "warning",
            Message,
        ];

        public static Finding Of(ConfigurationError found) => new(
            found.File, found.Position?.Line, found.Position?.Column, found.Severity == ConfigurationSeverity.Error, found.Message)
        {
            Shown = $"{found}\n",
        };

        public static Finding Of(FilterCompilation compilation, Diagnostic found)
        {
            SourcePosition at = compilation.Syntax.Text.PositionOf(found.Span.Start);
            bool isError = found.Severity == DiagnosticSeverity.Error && found.Code is not (FilterCodes.UnknownWord or FilterCodes.PluginNotLoaded);
            return new Finding(compilation.Syntax.Text.Name, at.Line, at.Column, isError, $"{found.Code}: {found.Message}")
            {
                Shown = DiagnosticPrinter.Print(compilation.Syntax.Text, found),
            };
        }

        public static Finding Of(ScriptProblem found) => new(
            found.File,
            found.Line > 0 ? found.Line : null,
            found.Line > 0 ? found.Column : null,
            !found.IsWarning,
            found.Code.Length > 0 ? $"{found.Code}: {found.Text}" : found.Text)
        {
            Shown = $"{found}\n",
        };
    }
}
