using System.Text;
using PluginMail.Dlp.Fingerprints;
using PluginMail.Dlp.Text;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Reads documents as the plugin does, within bounds that no good one reaches.</summary>
internal static class Extraction
{
    public static TextLimits Limits { get; } = new(8 << 20, 4 << 20, 16 << 20, 100, 3, TimeSpan.FromSeconds(20));

    public static (string Text, string Problem) Read(byte[] document, string name, string? charset = null, string? mediaType = null)
    {
        var kept = new Kept();
        var budget = new TextBudget(Limits, TimeProvider.System, CancellationToken.None);
        new TextExtractor(budget, kept).Read(new MemoryStream(document), name, mediaType ?? (charset is null ? "" : "text/plain"), charset);
        return (kept.Text.ToString().TrimEnd('\f'), budget.Problem);
    }

    public static (HashSet<ulong> Words, string Problem) Words(byte[] document, string name)
    {
        var hashes = new DocumentHashes(1);
        var budget = new TextBudget(Limits, TimeProvider.System, CancellationToken.None);
        new TextExtractor(budget, new FoldedText(hashes.Sink)).Read(new MemoryStream(document), name, "", null);
        return ([.. hashes.Finish()], budget.Problem);
    }

    public sealed class Kept : ITextSink
    {
        public StringBuilder Text { get; } = new();

        public bool IsFull => false;

        public void Write(ReadOnlySpan<char> text) => Text.Append(text);

        public void Break() => Text.Append(Text.Length > 0 && Text[^1] == '\f' ? "" : "\f");
    }
}
