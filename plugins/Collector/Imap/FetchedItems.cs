using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace PluginMail.Collector.Imap;

/// <summary>What a FETCH response says of a message.</summary>
internal sealed record FetchedItems
{
    private const int MostFlags = 64;
    private const int LongestFlag = 100;
    private static readonly string[] DateForms = ["dd-MMM-yyyy HH:mm:ss zzz", "d-MMM-yyyy HH:mm:ss zzz"];

    /// <summary>The UID; 0 where it is missing.</summary>
    public uint Uid { get; private set; }

    /// <summary>RFC822.SIZE; null where it is missing, as where a server tells news of flags.</summary>
    public long? Size { get; private set; }

    /// <summary>INTERNALDATE.</summary>
    public DateTimeOffset? Received { get; private set; }

    /// <summary>FLAGS, without those that belong to that folder alone; at most 64 of at most 100 characters.</summary>
    public ImmutableArray<string> Flags { get; private set; } = [];

    /// <summary>Whether FLAGS has \Deleted.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>A section's octets where they did not come as the body's literal.</summary>
    public byte[]? Section { get; private set; }

    /// <summary>Reads a response.</summary>
    /// <returns>Null where it is no FETCH response, or says nothing of use.</returns>
    public static FetchedItems? Read(ImapResponse response)
    {
        if (!response.IsNumbered("FETCH", out _, out string rest) || !ImapValues.TryParse(rest, out var values) || values is not [ImapValue.Group group])
        {
            return null;
        }

        var items = new FetchedItems();
        for (int i = 0; i + 1 < group.Items.Count; i += 2)
        {
            if (group.Items[i] is ImapValue.Text { Value: var name })
            {
                items.Take(name.ToUpperInvariant(), group.Items[i + 1], response);
            }
        }

        return items.Uid > 0 ? items : null;
    }

    private void Take(string name, ImapValue value, ImapResponse response)
    {
        string text = value is ImapValue.Text { Value: var written } ? written : "";
        switch (name)
        {
            case "UID":
                Uid = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint uid) ? uid : 0;
                break;
            case "RFC822.SIZE":
                Size = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 0;
                break;
            case "INTERNALDATE":
                Received = DateTimeOffset.TryParseExact(
                    text.Trim(), DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
                break;
            case "FLAGS" when value is ImapValue.Group flags:
                string[] all = [.. flags.Items.OfType<ImapValue.Text>().Select(flag => flag.Value)];
                IsDeleted = all.Contains("\\Deleted", StringComparer.OrdinalIgnoreCase);
                Flags =
                [
                    .. all.Where(flag => flag.Length <= LongestFlag && flag.ToUpperInvariant() is not ("\\RECENT" or "\\DELETED")).Take(MostFlags),
                ];
                break;
            case var _ when name.StartsWith("BODY[", StringComparison.Ordinal):
                Section = value switch
                {
                    ImapValue.Literal literal => response.Literal(literal),
                    ImapValue.Text { IsQuoted: true } => Encoding.Latin1.GetBytes(text),
                    _ => null,
                };
                break;
        }
    }
}
