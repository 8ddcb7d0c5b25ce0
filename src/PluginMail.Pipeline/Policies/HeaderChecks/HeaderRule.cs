using System.Text.RegularExpressions;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>What a header rule looks at.</summary>
public enum HeaderScope
{
    /// <summary>The fields of the message's own header.</summary>
    Header,

    /// <summary>The fields of the parts' headers, and the Content fields of the message's own (RFC 2045 section 9).</summary>
    Mime,

    /// <summary>The file names of the parts, decoded (RFC 2183, RFC 2231).</summary>
    Attachment,
}

/// <summary>How a header rule compares. Case does not matter.</summary>
public enum HeaderMatch
{
    /// <summary>The value is the text.</summary>
    Is,

    /// <summary>The value contains the text.</summary>
    Contains,

    /// <summary>The value begins with the text.</summary>
    Starts,

    /// <summary>The value ends with the text.</summary>
    Ends,

    /// <summary>The value matches the regular expression.</summary>
    Regex,
}

/// <summary>What a header rule does.</summary>
public enum HeaderAction
{
    /// <summary>The message is refused for good.</summary>
    Refuse,

    /// <summary>The message is refused for now.</summary>
    Defer,

    /// <summary>The message is accepted and dropped.</summary>
    Discard,

    /// <summary>The message waits in the queue for a person.</summary>
    Hold,

    /// <summary>The message goes to another address instead of its recipients.</summary>
    Redirect,

    /// <summary>The message goes to another address too.</summary>
    Bcc,

    /// <summary>A field is put on top of the header.</summary>
    Prepend,

    /// <summary>The field is replaced.</summary>
    Replace,

    /// <summary>The field is removed.</summary>
    Remove,

    /// <summary>The message gets a tag, which plugins see.</summary>
    Tag,

    /// <summary>The log says so, and nothing else happens.</summary>
    Warn,

    /// <summary>Nothing, and no further rule is asked of this field. Makes exceptions.</summary>
    Pass,
}

/// <summary>A rule on fields.</summary>
/// <param name="Name">What the trace calls it.</param>
/// <param name="Scope">What it looks at.</param>
/// <param name="Field">The field's name; empty for any, and then the comparison is with <c>Name: value</c>.</param>
/// <param name="Match">How it compares.</param>
/// <param name="Pattern">What it compares with.</param>
/// <param name="Action">What it does.</param>
public sealed record HeaderRule(string Name, HeaderScope Scope, string Field, HeaderMatch Match, string Pattern, HeaderAction Action)
{
    private readonly Regex? _regex = Match == HeaderMatch.Regex ? MakeRegex(Pattern) : null;

    /// <summary>The reply's words, the reason, the field <c>Name: value</c> or the tag. <c>$1</c> stands for a regular expression's group.</summary>
    public string Text { get; init; } = "";

    /// <summary>Where the message goes by <see cref="HeaderAction.Redirect"/> and <see cref="HeaderAction.Bcc"/>.</summary>
    public EmailAddress? To { get; init; }

    /// <summary>The one direction that it is for; null for both.</summary>
    public Direction? Direction { get; init; }

    /// <summary>Whether it changes the header.</summary>
    internal bool IsEdit => Action is HeaderAction.Prepend or HeaderAction.Replace or HeaderAction.Remove;

    /// <summary>Whether it decides what becomes of the message.</summary>
    internal bool Decides => Action is HeaderAction.Refuse or HeaderAction.Defer or HeaderAction.Discard or HeaderAction.Hold or HeaderAction.Redirect;

    /// <summary>Who decided, as the log and the trace name it.</summary>
    internal string Role => $"header check {Name}";

    /// <summary>A regular expression that takes time in proportion to the text, whatever it is.</summary>
    /// <param name="pattern">The expression.</param>
    /// <returns>The expression, made.</returns>
    /// <exception cref="ArgumentException">It is none.</exception>
    /// <exception cref="NotSupportedException">It asks for what takes backtracking, as a look-ahead or a back reference, or is too large.</exception>
    public static Regex MakeRegex(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);

    /// <summary>Compares.</summary>
    /// <param name="value">The decoded value.</param>
    /// <returns>The text with the groups put in; null where the value does not match.</returns>
    internal string? Compare(string value) => Match switch
    {
        HeaderMatch.Is => value.Equals(Pattern, StringComparison.OrdinalIgnoreCase) ? Text : null,
        HeaderMatch.Contains => value.Contains(Pattern, StringComparison.OrdinalIgnoreCase) ? Text : null,
        HeaderMatch.Starts => value.StartsWith(Pattern, StringComparison.OrdinalIgnoreCase) ? Text : null,
        HeaderMatch.Ends => value.EndsWith(Pattern, StringComparison.OrdinalIgnoreCase) ? Text : null,
        _ => Text.Contains('$', StringComparison.Ordinal)
            ? _regex!.Match(value) is { Success: true } match ? match.Result(Text) : null
            : _regex!.IsMatch(value) ? Text : null,
    };
}
