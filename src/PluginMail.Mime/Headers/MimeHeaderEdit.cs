namespace PluginMail.Mime;

/// <summary>One change to a header block. Values are text: what is no ASCII is encoded, and line ends in them never begin a field.</summary>
public abstract record MimeHeaderEdit
{
    private MimeHeaderEdit(string name) => Name = name;

    /// <summary>Name of the field concerned; ASCII case does not matter.</summary>
    public string Name { get; }

    /// <summary>Adds a field before all others.</summary>
    public sealed record Prepend(string FieldName, string Value) : MimeHeaderEdit(FieldName);

    /// <summary>Adds a field after all others.</summary>
    public sealed record Append(string FieldName, string Value) : MimeHeaderEdit(FieldName);

    /// <summary>
    /// Adds a field before all others exactly as it stands after the colon, such as a signature: with its own folding, each line end CRLF and
    /// followed by white space. Nothing when the value has another line end.
    /// </summary>
    public sealed record PrependFolded(string FieldName, string Value) : MimeHeaderEdit(FieldName);

    /// <summary>
    /// Puts a field below <paramref name="Position"/> others (lines that are no field do not count), exactly as it stands after the colon: each line
    /// end, CRLF or LF, followed by white space. Nothing when the value has another line end.
    /// </summary>
    public sealed record Insert(string FieldName, ReadOnlyMemory<byte> RawValue, int Position) : MimeHeaderEdit(FieldName);

    /// <summary>Removes fields of the name: all, or the one that <paramref name="Index"/> counts from the first (1) or the last (-1).</summary>
    public sealed record Remove(string FieldName, int? Index = null) : MimeHeaderEdit(FieldName);

    /// <summary>
    /// Gives the field that <paramref name="Index"/> counts (1 the first, -1 the last) a new value in its place. Where there is none of the name, the
    /// first and the last are added after all others; nothing when there are only fewer.
    /// </summary>
    public sealed record Replace(string FieldName, string Value, int Index = 1) : MimeHeaderEdit(FieldName);
}
