using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>A message as it is verified or signed: its header's fields, and where its body begins.</summary>
internal sealed record ReceivedMessage(MessageContent Content, HeaderFields Header, long BodyStart)
{
    private const int FirstBlock = 64 << 10;

    public static ReceivedMessage Read(MessageContent content)
    {
        if (content.TryGetMemory(out ReadOnlyMemory<byte> memory))
        {
            return Read(content, memory[..Math.Min(memory.Length, HeaderFields.MaximumOctets)]);
        }

        ReceivedMessage message = Read(content, Load(content, FirstBlock));
        return message.Header.IsComplete || message.Header.Count == HeaderFields.MaximumFields
            ? message
            : Read(content, Load(content, HeaderFields.MaximumOctets));
    }

    private static ReceivedMessage Read(MessageContent content, ReadOnlyMemory<byte> start)
    {
        int body = HeaderBlock.FindBody(start.Span, out int headerEnd);
        bool isWhole = headerEnd < start.Length || start.Length == content.Length;
        return new ReceivedMessage(content, HeaderFields.Read(start[..headerEnd], isWhole), body);
    }

    private static ReadOnlyMemory<byte> Load(MessageContent content, int maximum)
    {
        byte[] octets = new byte[Math.Min(maximum, content.Length)];
        int count = 0;
        for (int read; count < octets.Length && (read = content.Read(count, octets.AsSpan(count))) > 0;)
        {
            count += read;
        }

        return octets.AsMemory(0, count);
    }
}
