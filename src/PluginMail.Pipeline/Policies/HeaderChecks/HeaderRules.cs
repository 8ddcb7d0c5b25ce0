using System.Collections.Concurrent;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>The header rules in their order: of each field the first that matches counts.</summary>
/// <param name="rules">The rules.</param>
public sealed class HeaderRules(IReadOnlyList<HeaderRule> rules)
{
    /// <summary>No rules.</summary>
    public static readonly HeaderRules Empty = new([]);

    private const int MaximumHits = 100;
    private const int MaximumPartHeader = 64 << 10;
    private const int MaximumKnownFields = 1000;
    private readonly ConcurrentDictionary<string, HeaderRule[]> _byField = new(StringComparer.OrdinalIgnoreCase);
    private readonly HeaderRule[] _attachmentRules = [.. rules.Where(rule => rule.Scope == HeaderScope.Attachment)];
    private readonly bool _looksIntoParts = rules.Any(rule => rule.Scope == HeaderScope.Mime);

    /// <summary>Whether there is no rule.</summary>
    public bool IsEmpty => rules.Count == 0;

    /// <summary>Whether a rule changes headers.</summary>
    internal bool HasEdits { get; } = rules.Any(rule => rule.IsEdit);

    /// <summary>Looks at a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <returns>What matched, in the message's order; at most 100, and as many more of those that decide what becomes of it.</returns>
    internal IReadOnlyList<HeaderHit> Find(MailMessage message, Direction direction)
    {
        if (IsEmpty)
        {
            return [];
        }

        var hits = new List<HeaderHit>();
        LookAtFields(message.Header.Span, isRoot: true, isPart: false, direction, hits);
        if (!_looksIntoParts && _attachmentRules.Length == 0)
        {
            return hits;
        }

        foreach (MimePart part in message.Structure.Root.SelfAndDescendants())
        {
            if (part.FileName is { Length: > 0 } name)
            {
                Ask(_attachmentRules, new Field("file name", 0, name, name), direction, hits);
            }

            if (_looksIntoParts)
            {
                LookAtPart(message, part, direction, hits);
            }
        }

        return hits;
    }

    private void LookAtPart(MailMessage message, MimePart part, Direction direction, List<HeaderHit> hits)
    {
        if (ReferenceEquals(part, message.Structure.Root))
        {
            LookAtFields(message.Header.Span, isRoot: true, isPart: true, direction, hits);
            return;
        }

        byte[] header = new byte[(int)Math.Min(part.HeaderEnd - part.HeaderStart, MaximumPartHeader)];
        int count = message.Content.Read(part.HeaderStart, header);
        LookAtFields(header.AsSpan(0, count), part.Envelope is not null, isPart: true, direction, hits);
    }

    private void LookAtFields(ReadOnlySpan<byte> header, bool isRoot, bool isPart, Direction direction, List<HeaderHit> hits)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (HeaderField field in new HeaderBlock(header))
        {
            if (field.IsGarbage)
            {
                continue;
            }

            string name = Encoding.ASCII.GetString(field.Name);
            int index = counts[name] = counts.GetValueOrDefault(name) + 1;
            if (isPart && isRoot && !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                continue; // of a message's own header only the Content fields are MIME's
            }

            if (RulesFor(name, isPart) is { Length: > 0 } asked)
            {
                string value = HeaderText.Decode(field.RawValue).Text.Trim();
                Ask(asked, new Field(name, index, value, $"{name}: {value}"), direction, hits);
            }
        }
    }

    private static void Ask(HeaderRule[] asked, Field field, Direction direction, List<HeaderHit> hits)
    {
        foreach (HeaderRule rule in asked)
        {
            if ((rule.Direction is null || rule.Direction == direction) && rule.Compare(rule.Field.Length == 0 ? field.Line : field.Value) is { } text)
            {
                if (rule.Action != HeaderAction.Pass && hits.Count < (rule.Decides ? 2 * MaximumHits : MaximumHits))
                {
                    hits.Add(new HeaderHit(rule, field.Name, field.Index, field.Line, text));
                }

                return;
            }
        }
    }

    // Field names come from strangers: only so many are remembered.
    private HeaderRule[] RulesFor(string name, bool isPart)
    {
        string key = isPart ? $":{name}" : name;
        if (_byField.TryGetValue(key, out HeaderRule[]? known))
        {
            return known;
        }

        HeaderScope scope = isPart ? HeaderScope.Mime : HeaderScope.Header;
        HeaderRule[] found =
            [.. rules.Where(rule => rule.Scope == scope && (rule.Field.Length == 0 || rule.Field.Equals(name, StringComparison.OrdinalIgnoreCase)))];
        if (_byField.Count < MaximumKnownFields)
        {
            _byField[key] = found;
        }

        return found;
    }

    private readonly record struct Field(string Name, int Index, string Value, string Line);
}

/// <summary>A rule that matched a field.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Field">The field's name.</param>
/// <param name="Index">Which field of that name it is, from 1.</param>
/// <param name="Line">The field decoded, as <c>Name: value</c>, or the file name.</param>
/// <param name="Text">The rule's text with the groups put in.</param>
internal sealed record HeaderHit(HeaderRule Rule, string Field, int Index, string Line, string Text)
{
    private const int LongestShown = 200;

    /// <summary>The field for a log: one line, so long.</summary>
    public string Shown
    {
        get
        {
            string clean = string.Concat(Line.Take(LongestShown).Select(static c => char.IsControl(c) ? ' ' : c));
            return Line.Length > LongestShown ? clean + "…" : clean;
        }
    }
}
