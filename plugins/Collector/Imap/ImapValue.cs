namespace PluginMail.Collector.Imap;

/// <summary>A part of a response.</summary>
internal abstract record ImapValue
{
    private ImapValue()
    {
    }

    /// <summary>An atom or a string.</summary>
    /// <param name="Value">Its octets as Latin-1.</param>
    /// <param name="IsQuoted">Whether it is a string, so that NIL is not nothing.</param>
    public sealed record Text(string Value, bool IsQuoted) : ImapValue;

    /// <summary>A literal.</summary>
    /// <param name="Index">Which of the response's.</param>
    public sealed record Literal(int Index) : ImapValue;

    /// <summary>A list in parentheses.</summary>
    /// <param name="Items">Its parts.</param>
    public sealed record Group(IReadOnlyList<ImapValue> Items) : ImapValue;
}
