namespace PluginMail.Text;

/// <summary>Words of strangers that are said again.</summary>
internal static class Printable
{
    /// <summary>A text cut to a length, with a question mark for all but printable ASCII.</summary>
    public static string Of(string text, int length = 200) => string.Create(Math.Min(text.Length, length), text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
        }
    });
}
