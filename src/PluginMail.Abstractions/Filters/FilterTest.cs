using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>The type of a filter word's argument (RFC 5228 section 2.6).</summary>
public enum FilterArgumentType
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A string or a list of strings.</summary>
    TextList,

    /// <summary>A number, K, M and G multiplied out.</summary>
    Number,

    /// <summary>A tag without a value.</summary>
    Flag,
}

/// <summary>An argument of a filter word.</summary>
/// <param name="Name">A tag with its colon (<c>:over</c>), or a name in angle brackets for a positional one (<c>&lt;keys&gt;</c>).</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether a script must give it. Positional arguments are always required.</param>
/// <param name="Summary">One line for the reference.</param>
/// <exception cref="ArgumentException">The name has neither form.</exception>
public sealed record FilterParameter(string Name, FilterArgumentType Type, bool IsRequired, string Summary)
{
    /// <summary>A tag with its colon, or a name in angle brackets. By it the argument is found in <see cref="FilterArguments"/>.</summary>
    public string Name { get; init; } = Name is [':', _, ..] or ['<', _, .., '>']
        ? Name
        : throw new ArgumentException($"the parameter \"{Name}\" is neither a tag (:name) nor positional (<name>)", nameof(Name));
}

/// <summary>The arguments as a script gave them: by parameter name, colon or brackets included; a missing optional one is absent.</summary>
/// <param name="Texts">Values of Text and TextList parameters.</param>
/// <param name="Numbers">Values of Number parameters.</param>
/// <param name="Flags">Names of the Flag parameters given.</param>
public sealed record FilterArguments(
    ImmutableDictionary<string, ImmutableArray<string>> Texts, ImmutableDictionary<string, long> Numbers, ImmutableHashSet<string> Flags);

/// <summary>A test that a plugin adds to the filter language.</summary>
/// <param name="Name">An identifier (RFC 5228 section 2.4.1) that is no word of the language.</param>
/// <param name="Summary">One line for the reference.</param>
/// <param name="Parameters">Its arguments.</param>
/// <param name="IsPure">Whether equal message and arguments always give equal results, so that results may be shared.</param>
/// <param name="Evaluate">Answers for a message. Runs under the plugin's time limit; a fault is a run-time error of the script.</param>
public sealed record FilterTest(
    string Name,
    string Summary,
    ImmutableArray<FilterParameter> Parameters,
    bool IsPure,
    Func<IMessageView, FilterArguments, CancellationToken, ValueTask<bool>> Evaluate);

/// <summary>An action that a plugin adds to the filter language. It gives a verdict, and the core carries it out for the one recipient.</summary>
/// <remarks>
/// Refuse, Defer and Hold stand against all else that the script asks for; Discard takes the implicit keep away. Octets and envelope are
/// shared with the other recipients, so that of effects these are carried out: AddRecipient; RemoveRecipient of the mailbox itself (no
/// implicit keep); <see cref="HeaderEdit.Add"/>, above this mailbox's copies whatever AtTop says; Tag and Bypass, in the trace. Where another
/// is asked for the message is kept, and log and trace say what was not done. In mail that the script's owner sends the verdict is on the
/// whole message: Refuse and Defer answer the owner's client, Hold holds it, and of effects AddRecipient, Tag and Bypass count.
/// </remarks>
/// <param name="Name">An identifier that is no word of the language.</param>
/// <param name="Summary">One line for the reference.</param>
/// <param name="Parameters">Its arguments.</param>
/// <param name="CancelsKeep">
/// Whether the implicit keep (RFC 5228 section 2.10.2) is cancelled: with a Pass that asks for nothing, the action itself has taken the message.
/// </param>
/// <param name="Run">Gives the verdict for this recipient.</param>
public sealed record FilterAction(
    string Name,
    string Summary,
    ImmutableArray<FilterParameter> Parameters,
    bool CancelsKeep,
    Func<IMessageView, FilterArguments, CancellationToken, ValueTask<Verdict>> Run);
