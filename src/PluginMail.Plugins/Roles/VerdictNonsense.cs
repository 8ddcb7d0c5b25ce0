using System.Buffers;
using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Roles;

/// <summary>Finds verdicts that no one can carry out. Records can be built past their factories, and a plugin may.</summary>
internal static class VerdictNonsense
{
    private const int MostEffects = 1000;

    /// <summary>To take off all recipients of a large message is one thing to ask for.</summary>
    private const int MostRemovals = 10_000;

    private static readonly SearchValues<char> Tokens =
        SearchValues.Create("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Says what is wrong; null where nothing is.</summary>
    public static string? Find(Verdict? verdict)
    {
        if (ReferenceEquals(verdict, Verdict.Pass))
        {
            return null;
        }

        return verdict is null ? "answered null" : FindIn(verdict.Decision) ?? FindIn(verdict.Effects);
    }

    private static string? FindIn(Decision? decision) => decision switch
    {
        null => "answered a verdict without a decision",
        Decision.Refuse refuse => FindIn(refuse.Reply, 5),
        Decision.Defer defer => FindIn(defer.Reply, 4),
        Decision.Discard { Reason: null } or Decision.Hold { Reason: null } => "gave no reason",
        _ => null,
    };

    private static string? FindIn(SmtpReply? reply, int hundreds)
    {
        if (reply?.Text is null)
        {
            return "answered without a reply";
        }

        return reply.Code / 100 != hundreds || (reply.Status is { } status && status.Class != hundreds)
            ? $"answered {reply.Code} {reply.Status} where {hundreds}yz is needed"
            : null;
    }

    private static string? FindIn(ImmutableArray<Effect> effects)
    {
        if (effects.IsDefault)
        {
            return "answered a verdict without effects";
        }

        int removals = effects.Length <= MostEffects ? 0 : effects.Count(static effect => effect is Effect.RemoveRecipient);
        if (removals > MostRemovals || effects.Length - removals > MostEffects)
        {
            return $"asked for {effects.Length - removals} effects and the removal of {removals} recipients; {MostEffects} and {MostRemovals} are the most";
        }

        foreach (var effect in effects)
        {
            if (IsNonsense(effect))
            {
                return $"asked for an impossible effect: {Describe(effect)}";
            }
        }

        return null;
    }

    /// <summary>Whether no reader of addresses would have made this: the constructor takes anything, and commands are built of it.</summary>
    public static bool IsNoAddress(EmailAddress? address) =>
        address?.LocalPart is null || address.Domain is null || !EmailAddress.TryParse(address.ToString(), out _);

    private static bool IsNonsense(Effect? effect) => effect switch
    {
        null => true,
        Effect.RemoveRecipient { Recipient: null } => true,
        Effect.AddRecipient add => IsNoAddress(add.Recipient) || (add.Dsn is { } dsn && IsNonsense(dsn)),
        Effect.ChangeSender change => (change.Sender is { } sender && IsNoAddress(sender))
            || (change.EnvelopeId is { } id && !DsnParameters.IsEnvelopeId(id)) || (change.Return is { } returned && !Enum.IsDefined(returned)),
        Effect.ReplaceMessage replace => replace.Replacement is not { Text: not null } builder || builder.Attachments.Any(IsNonsense),
        Effect.Score score => !double.IsFinite(score.Points) || IsNoWord(score.Reason),
        Effect.Tag tag => IsNoWord(tag.Name),
        Effect.Bypass bypass => IsNoWord(bypass.Plugin),
        HeaderEdit.Add add => IsNoLine(add.Value),
        HeaderEdit.Replace replace => replace.Index == 0 || IsNoLine(replace.Value),
        _ => false,
    };

    // A builder looks at fields as they are added, at nothing else.
    private static bool IsNonsense(MessageAttachment? attachment) =>
        attachment is not { FileName: not null, MediaType: { } type } || !IsMediaType(type.Split(';')[0]);

    /// <summary>Whether it is type and subtype, tokens both (RFC 2045 section 5.1): it stands in a field as it is.</summary>
    private static bool IsMediaType(ReadOnlySpan<char> type) =>
        type.IndexOf('/') is > 0 and var slash && slash + 1 < type.Length
        && !type[..slash].ContainsAnyExcept(Tokens) && !type[(slash + 1)..].ContainsAnyExcept(Tokens);

    // It stands in the trace, in the log and in header fields.
    private static bool IsNoWord(string? word) => string.IsNullOrEmpty(word) || word.Any(char.IsControl);

    /// <summary>Whether a value is more than one line: a line end in it would begin another field, unless it is a fold (RFC 5322 section 2.2.3).</summary>
    private static bool IsNoLine(string? value)
    {
        if (value is null)
        {
            return true;
        }

        ReadOnlySpan<char> left = value;
        for (int i; (i = left.IndexOfAny('\r', '\n', '\0')) >= 0; left = left[(i + 1)..])
        {
            i += left[i..].StartsWith("\r\n") ? 1 : 0;
            if (left[i] != '\n' || i + 1 == left.Length || left[i + 1] is not (' ' or '\t'))
            {
                return true;
            }
        }

        return false;
    }

    private static string Describe(Effect? effect) => effect switch
    {
        null => "null",
        HeaderEdit.Add { Value: not null } or HeaderEdit.Replace { Value: not null, Index: not 0 } =>
            $"{effect.GetType().Name} {((HeaderEdit)effect).Name}, whose value has a line end that is no fold, or a NUL",
        Effect.Tag { Name.Length: > 0 } or Effect.Bypass { Plugin.Length: > 0 } => $"{effect.GetType().Name} with control characters in its name",
        Effect.Score { Reason.Length: > 0 } score when double.IsFinite(score.Points) => "Score with control characters in its reason",
        _ => effect.GetType().Name,
    };

    // It is said to other servers as it stands.
    private static bool IsNonsense(RecipientDsn dsn) =>
        (dsn.Notify & ~(DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay)) is not (null or DsnNotify.Never)
        || (dsn.OriginalRecipient is { } original && !RecipientDsn.IsOriginalRecipient(original));
}
