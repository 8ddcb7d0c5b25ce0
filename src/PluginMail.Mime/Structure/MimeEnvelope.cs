namespace PluginMail.Mime;

/// <summary>The envelope fields of a message or embedded message, in the order of its header, repeated ones included.</summary>
/// <param name="Fields">The fields.</param>
/// <param name="IsComplete">False when a field was left out for its size; the header itself then has the truth.</param>
public sealed record MimeEnvelope(IReadOnlyList<EnvelopeField> Fields, bool IsComplete)
{
    private static readonly byte[][] Names =
    [
        "Date"u8.ToArray(), "Subject"u8.ToArray(), "From"u8.ToArray(), "Sender"u8.ToArray(), "Reply-To"u8.ToArray(), "To"u8.ToArray(),
        "Cc"u8.ToArray(), "Bcc"u8.ToArray(), "In-Reply-To"u8.ToArray(), "Message-ID"u8.ToArray(),
    ];

    /// <summary>Number of members of <see cref="EnvelopeHeader"/>.</summary>
    internal static int HeaderCount => Names.Length;

    /// <summary>The raw value of the first field of that name; empty when there is none.</summary>
    public ReadOnlyMemory<byte> this[EnvelopeHeader header] => TryFind(header, out var field) ? field.RawValue : default;

    /// <summary>The first field of that name.</summary>
    public bool TryFind(EnvelopeHeader header, out EnvelopeField field)
    {
        foreach (var candidate in Fields)
        {
            if (candidate.Header == header)
            {
                field = candidate;
                return true;
            }
        }
        field = default;
        return false;
    }

    /// <summary>The decoded text of the first field of that name, or null.</summary>
    public string? Text(EnvelopeHeader header) => TryFind(header, out var field) ? HeaderText.Decode(field.RawValue.Span).Text : null;

    /// <summary>The addresses of all fields of that name, in order.</summary>
    public IReadOnlyList<HeaderAddress> Addresses(EnvelopeHeader header)
    {
        var result = new List<HeaderAddress>();
        foreach (var field in Fields)
        {
            if (field.Header == header)
            {
                result.AddRange(AddressParser.Parse(field.RawValue.Span));
            }
        }
        return result;
    }

    /// <summary>Which envelope field a header field is.</summary>
    internal static bool TryIdentify(HeaderField field, out EnvelopeHeader header)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (field.Is(Names[i]))
            {
                header = (EnvelopeHeader)i;
                return true;
            }
        }
        header = default;
        return false;
    }
}
