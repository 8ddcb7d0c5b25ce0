using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace PluginMail.Collector.Settings;

/// <summary>A field of messages' headers that may name the recipient.</summary>
/// <param name="Name">Its name, in any case.</param>
internal sealed record RecipientField(string Name)
{
    private const int LongestName = 100;

    /// <summary>Those that are looked at where the account does not say otherwise, in their order.</summary>
    public static ImmutableArray<RecipientField> Usual { get; } =
        [new("delivered-to"), new("x-original-to"), new("envelope-to"), new("received"), new("to"), new("cc")];

    /// <summary>Whether it is Received, of which the <c>for</c> counts.</summary>
    public bool IsReceived { get; } = Is(Name, "Received");

    /// <summary>Whether the sender writes it, to tell people.</summary>
    public bool IsWrittenBySender { get; } = Is(Name, "To") || Is(Name, "Cc");

    /// <summary>Whether the last server writes it, above its Received: any field that is none of the others.</summary>
    public bool IsWrittenByLastServer => !IsReceived && !IsWrittenBySender;

    /// <summary>Whether each address in it is a way that the message went, and not one more recipient.</summary>
    public bool NamesOne { get; } = Is(Name, "Received") || Is(Name, "Delivered-To") || Is(Name, "X-Original-To");

    /// <summary>Reads a field's name (RFC 5322 section 2.2).</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RecipientField? field)
    {
        bool isName = text.Length is > 0 and <= LongestName && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains(':', StringComparison.Ordinal);
        field = isName ? new RecipientField(text) : null;
        return isName;
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
