using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>A message as plugins see it. What nobody asks for is never computed.</summary>
internal sealed class MessageView(
    string transactionId, ISessionView session, Direction direction, Envelope envelope, MailMessage message, double score, ImmutableHashSet<string> tags)
    : IMessageView, IOutlivedView
{
    private const int MaximumParts = 1000;
    private ImmutableArray<MessageHeader> _headers;
    private PartList? _parts;

    public string TransactionId => transactionId;

    public ISessionView Session => session;

    public Direction Direction => direction;

    public Envelope Envelope => envelope;

    public MessageContent Content => message.Content;

    public ImmutableArray<MessageHeader> Headers
    {
        get
        {
            if (_headers.IsDefault)
            {
                ImmutableInterlocked.InterlockedInitialize(ref _headers, ReadHeaders());
            }

            return _headers;
        }
    }

    public ImmutableArray<MessagePart> Parts => (_parts ??= ReadParts()).Parts;

    public bool HasMoreParts => (_parts ??= ReadParts()).HasMore;

    public double Score => score;

    public ImmutableHashSet<string> Tags => tags;

    public Stream OpenRaw() => new ContentStream(message.Content, 0, message.Content.Length);

    public Stream OpenDecoded(MessagePart part)
    {
        MimePart? found = message.Structure.FindSection(ParseSection(part.Section));
        Stream raw = new ContentStream(message.Content, part.Offset, part.Length);
        return found is null ? raw : DecodingStream.For(raw, found.TransferEncoding);
    }

    public void Outlive()
    {
        message.Spool?.LeaveMemory();
        (message.Content as IOutlivedContent)?.Outlive();
    }

    private static int[] ParseSection(string section)
    {
        string[] numbers = section.Split('.');
        return Array.ConvertAll(numbers, number => int.Parse(number, CultureInfo.InvariantCulture));
    }

    private ImmutableArray<MessageHeader> ReadHeaders()
    {
        ReadOnlyMemory<byte> header = message.Header;
        ImmutableArray<MessageHeader>.Builder headers = ImmutableArray.CreateBuilder<MessageHeader>();
        foreach (HeaderField field in new HeaderBlock(header.Span))
        {
            if (!field.IsGarbage)
            {
                headers.Add(new MessageHeader(
                    System.Text.Encoding.Latin1.GetString(field.Name),
                    HeaderText.OneLine(HeaderText.Decode(field.RawValue).Text).Trim(),
                    header.Slice(field.ValueStart, field.RawValue.Length)));
            }
        }

        return headers.ToImmutable();
    }

    private PartList ReadParts()
    {
        ImmutableArray<MessagePart>.Builder parts = ImmutableArray.CreateBuilder<MessagePart>();
        bool hasMore = !AddLeaves(message.Structure.Root, "", parts);
        return new PartList(parts.ToImmutable(), hasMore);
    }

    /// <returns>False where some have no room, or were not taken apart.</returns>
    private static bool AddLeaves(MimePart part, string section, ImmutableArray<MessagePart>.Builder parts)
    {
        bool isComplete = (part.Defects & (MimeDefects.TooManyParts | MimeDefects.TooDeep)) == 0;
        if (part.Children.Count > 0)
        {
            for (int i = 0; i < part.Children.Count; i++)
            {
                if (parts.Count == MaximumParts)
                {
                    return false;
                }

                isComplete &= AddLeaves(part.Children[i], section.Length == 0 ? $"{i + 1}" : $"{section}.{i + 1}", parts);
            }

            return isComplete;
        }

        string number = section.Length == 0 ? "1" : section;
        parts.Add(new MessagePart(
            number,
            $"{part.ContentType.Type}/{part.ContentType.Subtype}".ToLowerInvariant(),
            part.ContentType["charset"]?.ToLowerInvariant(),
            part.FileName is { } name ? HeaderText.OneLine(name) : null,
            part.ContentDisposition is { } disposition && disposition.Type.Equals("attachment", StringComparison.OrdinalIgnoreCase),
            part.BodyStart,
            part.BodyLength));
        return isComplete;
    }

    private sealed record PartList(ImmutableArray<MessagePart> Parts, bool HasMore);
}
