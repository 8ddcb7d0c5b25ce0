using System.Collections.Immutable;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Support;

/// <summary>A message of one part, of any type.</summary>
internal sealed class TextMessage(byte[] body, string mediaType, string? charset = null) : IMessageView
{
    public TextMessage(string text, string mediaType)
        : this(Encoding.UTF8.GetBytes(text), mediaType)
    {
    }

    public string TransactionId => "t1";

    public ISessionView Session => new FakeSession { Direction = Direction };

    public Direction Direction { get; init; }

    public Envelope Envelope { get; init; } = new(new EmailAddress("a", "example.test"), [new EmailAddress("b", "example.test")]);

    public MessageContent Content => new MemoryContent(body);

    public ImmutableArray<MessageHeader> Headers => [];

    public ImmutableArray<MessagePart> Parts => [new("1", mediaType, charset, null, IsAttachment: false, 0, body.Length)];

    public double Score => 0;

    public ImmutableHashSet<string> Tags => [];

    public Stream OpenDecoded(MessagePart part) => OpenRaw();

    public Stream OpenRaw() => new MemoryStream(body, writable: false);
}
