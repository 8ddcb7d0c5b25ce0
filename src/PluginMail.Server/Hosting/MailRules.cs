using Microsoft.Extensions.Logging;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>
/// mail.toml's access table and header checks as the pipeline takes them: made when mail.toml is read, and the lists that lie in files of their
/// own again when those change.
/// </summary>
internal sealed class MailRules : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private IReadOnlyList<AccessOptions> _options = [];
    private FileChanges? _changes;
    private volatile AccessTable _access = AccessTable.Empty;
    private volatile HeaderRules _headers = HeaderRules.Empty;

    public MailRules(MailServerOptions options, TimeProvider clock, ILogger log)
    {
        _clock = clock;
        _log = log;
        Apply(options);
    }

    /// <summary>The access table in force.</summary>
    public AccessTable Access => _access;

    /// <summary>The header checks in force.</summary>
    public HeaderRules Headers => _headers;

    /// <summary>Takes over what mail.toml says now, the files included, as they were when it was read.</summary>
    public void Apply(MailServerOptions options)
    {
        FileChanges? old;
        lock (_lock)
        {
            old = _changes;
            _options = options.Access;
            _access = ToTable(_options);
            _headers = new HeaderRules([.. options.HeaderChecks.Select(ToRule)]);
            string[] files = [.. _options.Select(rule => rule.File?.Path).OfType<string>().Distinct(StringComparer.Ordinal)];
            _changes = files.Length == 0 ? null : new FileChanges(files, ReadFiles, _clock);
        }

        old?.Dispose(); // outside the lock: it waits for a look under way, which may be about to take it
    }

    public void Dispose() => _changes?.Dispose();

    private static AccessTable ToTable(IReadOnlyList<AccessOptions> options) => new([.. options.Select(ToRule)]);

    private static AccessRule ToRule(AccessOptions rule)
    {
        List<AccessCondition> conditions =
            [.. rule.Lists.Select(list => new AccessCondition((AccessSubject)list.Of, [.. list.Patterns.Select(pattern => new AccessEntry(pattern))]))];
        if (rule.File is { } file)
        {
            string name = Path.GetFileName(file.Path);
            conditions.Add(new AccessCondition(
                (AccessSubject)rule.FileOf,
                [.. file.Lines.Select(line => new AccessEntry(line.Pattern, $"{name}:{line.Number}", (AccessAction?)line.Action, line.Text))]));
        }

        return new AccessRule(rule.Name, (AccessAction)rule.Action, rule.Text, conditions);
    }

    private static HeaderRule ToRule(HeaderCheckOptions check) => new(
        check.Name, (HeaderScope)check.Scope, check.Field, (HeaderMatch)check.Match, check.Pattern, (HeaderAction)check.Action)
    {
        Text = check.Text,
        To = check.To,
        Direction = check.Direction switch
        {
            CopyDirection.Incoming => Abstractions.Direction.Incoming,
            CopyDirection.Outgoing => Abstractions.Direction.Outgoing,
            _ => null,
        },
    };

    // A file with errors changes nothing. Those that are asked again say so once for each change.
    private bool ReadFiles()
    {
        lock (_lock)
        {
            var read = new List<AccessOptions>();
            var errors = new List<ConfigurationError>();
            foreach (AccessOptions rule in _options)
            {
                if (rule.File is null)
                {
                    read.Add(rule);
                    continue;
                }

                (AccessFile? file, IReadOnlyList<ConfigurationError> found) = AccessFile.Read(rule.File.Path, rule.FileOf);
                read.Add(rule with { File = file });
                errors.AddRange(found);
            }

            if (errors.Count > 0)
            {
                ServerLog.ListsNotRead(_log, string.Join('\n', errors));
                return true;
            }

            _options = read;
            _access = ToTable(read);
            ServerLog.ListsRead(_log, read.Sum(rule => rule.File?.Lines.Count ?? 0));
            return true;
        }
    }
}
