using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Icap;

/// <summary>A message of files, none of them encoded.</summary>
internal sealed class PartsMessage(params (string Name, string Text)[] files) : IMessageView
{
    public string TransactionId => "t1";

    public ISessionView Session => new FakeSession { Direction = Direction };

    public Direction Direction => Direction.Incoming;

    public Envelope Envelope { get; } = new(new EmailAddress("a", "example.test"), [new EmailAddress("b", "example.test")]);

    public MessageContent Content => new MemoryContent(Encoding.Latin1.GetBytes(string.Concat(files.Select(file => file.Text))));

    public ImmutableArray<MessageHeader> Headers => [];

    public ImmutableArray<MessagePart> Parts =>
        [.. files.Select((file, i) => new MessagePart((i + 1).ToString(CultureInfo.InvariantCulture), "application/octet-stream", null, file.Name, IsAttachment: true, 0, file.Text.Length))];

    public bool HasMoreParts { get; init; }

    public double Score => 0;

    public ImmutableHashSet<string> Tags => [];

    public Stream OpenDecoded(MessagePart part) =>
        new MemoryStream(Encoding.Latin1.GetBytes(files.First(file => file.Name == part.FileName).Text), writable: false);

    public Stream OpenRaw() => new MemoryStream(Encoding.Latin1.GetBytes(string.Concat(files.Select(file => file.Text))), writable: false);
}
