using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>What header rules that matched mean for a message.</summary>
internal static class HeaderVerdicts
{
    /// <summary>The verdict of a rule that decides; a pass for one that changes the header.</summary>
    /// <param name="hit">The match.</param>
    /// <param name="envelope">The envelope, whose recipients a redirect takes off.</param>
    public static Verdict Of(HeaderHit hit, Envelope envelope)
    {
        HeaderRule rule = hit.Rule;
        string reason = hit.Text.Length > 0 ? hit.Text : $"{rule.Role}: {hit.Shown}";
        const string refused = "Content of this message is not accepted here";
        return rule.Action switch
        {
            HeaderAction.Refuse => Verdict.Refuse(PolicyReply.Refusal(hit.Text, refused)),
            HeaderAction.Defer => Verdict.Defer(PolicyReply.Deferral(hit.Text, refused)),
            HeaderAction.Discard => Verdict.Discard(reason),
            HeaderAction.Hold => Verdict.Hold(reason),
            HeaderAction.Redirect => new Verdict(
                Decision.Pass.Instance,
                [.. envelope.Recipients.Where(to => !to.Equals(rule.To)).Select(to => new Effect.RemoveRecipient(to)), new Effect.AddRecipient(rule.To!)]),
            HeaderAction.Bcc => new Verdict(Decision.Pass.Instance, [new Effect.AddRecipient(rule.To!)]),
            HeaderAction.Tag => new Verdict(Decision.Pass.Instance, [new Effect.Tag(hit.Text)]),
            _ => Verdict.Pass,
        };
    }

    /// <summary>The edits of the rules that change the header, in an order in which none moves what another means.</summary>
    public static ImmutableArray<Effect> EditsOf(IReadOnlyList<HeaderHit> hits)
    {
        var last = new List<Effect>();
        var removals = new List<(int Index, Effect Edit)>();
        foreach (HeaderHit hit in hits)
        {
            switch (hit.Rule.Action)
            {
                case HeaderAction.Remove:
                    removals.Add((hit.Index, new HeaderEdit.Remove(hit.Field, hit.Index)));
                    break;
                case HeaderAction.Replace when Split(hit.Text) is var (name, value):
                    if (name.Equals(hit.Field, StringComparison.OrdinalIgnoreCase))
                    {
                        removals.Add((hit.Index, new HeaderEdit.Replace(hit.Field, value, hit.Index)));
                    }
                    else
                    {
                        removals.Add((hit.Index, new HeaderEdit.Remove(hit.Field, hit.Index)));
                        last.Add(new HeaderEdit.Add(name, value));
                    }

                    break;
                case HeaderAction.Prepend when Split(hit.Text) is var (name, value):
                    last.Add(new HeaderEdit.Add(name, value));
                    break;
            }
        }

        return [.. removals.OrderByDescending(removal => removal.Index).Select(removal => removal.Edit), .. last];
    }

    /// <summary>Takes <c>Name: value</c> apart.</summary>
    private static (string Name, string Value)? Split(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && HeaderEdit.IsFieldName(text[..colon]) ? (text[..colon], text[(colon + 1)..].Trim()) : null;
    }
}
