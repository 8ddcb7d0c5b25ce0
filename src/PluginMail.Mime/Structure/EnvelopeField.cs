namespace PluginMail.Mime;

/// <summary>One envelope header field as the message has it.</summary>
/// <param name="Header">Which field.</param>
/// <param name="Offset">Offset of the field's first byte in the message.</param>
/// <param name="RawValue">The value without the white space around it, still folded and encoded.</param>
public readonly record struct EnvelopeField(EnvelopeHeader Header, long Offset, ReadOnlyMemory<byte> RawValue);
