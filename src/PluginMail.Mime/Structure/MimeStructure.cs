using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace PluginMail.Mime;

/// <summary>The part tree of one message, and its stored form. Immutable.</summary>
/// <param name="Root">The message itself.</param>
/// <param name="Length">Size of the message in octets.</param>
/// <param name="Defects">What is wrong with the message or any of its parts.</param>
public sealed record MimeStructure(MimePart Root, long Length, MimeDefects Defects)
{
    /// <summary>
    /// The part that IMAP's section numbers name (RFC 3501 section 6.4.5); null when there is none. Part 1 of a message that is no
    /// multipart is the message's own body, and numbers go through a message/rfc822 part to the parts of its message. No numbers: the root.
    /// </summary>
    public MimePart? FindSection(ReadOnlySpan<int> numbers)
    {
        var part = Root;
        for (var i = 0; i < numbers.Length; i++)
        {
            var container = i > 0 && part.EmbeddedMessage is not null ? part.EmbeddedMessage : part;
            var isMessage = i == 0 || !ReferenceEquals(container, part);
            if (numbers[i] >= 1 && numbers[i] <= container.Children.Count)
            {
                part = container.Children[numbers[i] - 1];
            }
            else if (isMessage && !container.IsMultipart && numbers[i] == 1)
            {
                part = container;
            }
            else
            {
                return null;
            }
        }
        return part;
    }

    /// <summary>Writes the compact stored form: version byte, counts as LEB128, strings as UTF-8.</summary>
    public void Encode(IBufferWriter<byte> output) => new StructureWriter(output).Write(this);

    /// <summary>Reads the stored form; false, never an exception, when the bytes are of another version, cut short or corrupt.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MimeStructure? structure) => StructureReader.TryRead(bytes, out structure);
}
