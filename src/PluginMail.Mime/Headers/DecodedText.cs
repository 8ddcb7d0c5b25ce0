namespace PluginMail.Mime;

/// <summary>Header text after decoding.</summary>
/// <param name="Text">What people read.</param>
/// <param name="IsComplete">False when an encoded word could not be decoded and stands as it was, or bytes had to be replaced.</param>
public readonly record struct DecodedText(string Text, bool IsComplete)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}
