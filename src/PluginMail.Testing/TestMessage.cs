using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Testing;

/// <summary>A message as plugins see it, read from octets as the server reads it.</summary>
public sealed class TestMessage : IMessageView, IDisposable
{
    private const int MostParts = 1000;
    private readonly byte[] _octets;
    private readonly MimeStructure _structure;

    private TestMessage(byte[] octets)
    {
        _octets = octets;
        var scanner = new MimeScanner();
        scanner.Append(octets);
        _structure = scanner.Finish();
        Content = new MemoryContent(octets);
        Headers = ReadHeaders();
        ImmutableArray<MessagePart>.Builder parts = ImmutableArray.CreateBuilder<MessagePart>();
        HasMoreParts = !AddLeaves(_structure.Root, "", parts);
        Parts = parts.ToImmutable();
    }

    /// <inheritdoc/>
    public string TransactionId { get; init; } = "test-transaction";

    /// <inheritdoc/>
    public ISessionView Session { get; init; } = new TestSession();

    /// <inheritdoc/>
    public Direction Direction => Session.Direction;

    /// <inheritdoc/>
    public Envelope Envelope { get; init; } =
        new(new EmailAddress("sender", "example.org"), [new EmailAddress("recipient", "example.test")]);

    /// <inheritdoc/>
    public MessageContent Content { get; }

    /// <inheritdoc/>
    public ImmutableArray<MessageHeader> Headers { get; }

    /// <inheritdoc/>
    public ImmutableArray<MessagePart> Parts { get; }

    /// <summary>
    /// Whether there are parts that <see cref="Parts"/> has not: more than a thousand, or deeper ones than the server takes apart. A test may say so of
    /// any message.
    /// </summary>
    public bool HasMoreParts { get; init; }

    /// <inheritdoc/>
    public double Score { get; init; }

    /// <inheritdoc/>
    public ImmutableHashSet<string> Tags { get; init; } = [];

    /// <summary>Reads a message.</summary>
    /// <param name="octets">Its octets, header and body, as an .eml file has them.</param>
    /// <returns>The message.</returns>
    public static TestMessage Parse(byte[] octets) => new(octets);

    /// <summary>Reads a message from text with CRLF line ends; each character is an octet of Latin-1.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The message.</returns>
    public static TestMessage Parse(string text) => new(Encoding.Latin1.GetBytes(text));

    /// <summary>Copies the message with another session, envelope, score or tags.</summary>
    /// <param name="session">The session that brings it; null keeps this one's.</param>
    /// <param name="envelope">The envelope; null keeps this one's.</param>
    /// <returns>The copy.</returns>
    public TestMessage With(ISessionView? session = null, Envelope? envelope = null) => new(_octets)
    {
        TransactionId = TransactionId,
        Session = session ?? Session,
        Envelope = envelope ?? Envelope,
        HasMoreParts = HasMoreParts,
        Score = Score,
        Tags = Tags,
    };

    /// <inheritdoc/>
    public Stream OpenDecoded(MessagePart part)
    {
        ReadOnlySpan<byte> raw = _octets.AsSpan((int)part.Offset, (int)part.Length);
        var found = _structure.FindSection([.. part.Section.Split('.').Select(number => int.Parse(number, CultureInfo.InvariantCulture))]);
        return new MemoryStream(found is null ? raw.ToArray() : TransferDecoder.Decode(found.TransferEncoding, raw), writable: false);
    }

    /// <inheritdoc/>
    public Stream OpenRaw() => new MemoryStream(_octets, writable: false);

    /// <summary>Gives its content back.</summary>
    public void Dispose() => Content.Dispose();

    /// <returns>False where some have no room, or were not taken apart.</returns>
    private static bool AddLeaves(MimePart part, string section, ImmutableArray<MessagePart>.Builder parts)
    {
        bool isComplete = (part.Defects & (MimeDefects.TooManyParts | MimeDefects.TooDeep)) == 0;
        if (part.Children.Count > 0)
        {
            for (int i = 0; i < part.Children.Count; i++)
            {
                if (parts.Count == MostParts)
                {
                    return false;
                }

                isComplete &= AddLeaves(part.Children[i], section.Length == 0 ? $"{i + 1}" : $"{section}.{i + 1}", parts);
            }

            return isComplete;
        }

        parts.Add(new MessagePart(
            section.Length == 0 ? "1" : section,
            $"{part.ContentType.Type}/{part.ContentType.Subtype}".ToLowerInvariant(),
            part.ContentType["charset"]?.ToLowerInvariant(),
            part.FileName is { } name ? HeaderText.OneLine(name) : null,
            part.ContentDisposition is { } disposition && disposition.Type.Equals("attachment", StringComparison.OrdinalIgnoreCase),
            part.BodyStart,
            part.BodyLength));
        return isComplete;
    }

    private ImmutableArray<MessageHeader> ReadHeaders()
    {
        ReadOnlyMemory<byte> header = _octets.AsMemory(0, (int)_structure.Root.HeaderEnd);
        var headers = ImmutableArray.CreateBuilder<MessageHeader>();
        foreach (var field in new HeaderBlock(header.Span))
        {
            if (!field.IsGarbage)
            {
                headers.Add(new MessageHeader(
                    Encoding.Latin1.GetString(field.Name),
                    HeaderText.OneLine(HeaderText.Decode(field.RawValue).Text).Trim(),
                    header.Slice(field.ValueStart, field.RawValue.Length)));
            }
        }

        return headers.ToImmutable();
    }
}
