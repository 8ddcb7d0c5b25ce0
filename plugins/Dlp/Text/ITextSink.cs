namespace PluginMail.Dlp.Text;

/// <summary>Takes the text of a document, piece by piece.</summary>
internal interface ITextSink
{
    /// <summary>Whether more would be thrown away.</summary>
    bool IsFull { get; }

    /// <summary>Takes text; a word may go on in the next piece.</summary>
    void Write(ReadOnlySpan<char> text);

    /// <summary>The text ends here; what follows is another one. No word and no run of words goes across.</summary>
    void Break();
}
