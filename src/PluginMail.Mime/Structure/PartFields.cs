namespace PluginMail.Mime;

/// <summary>Which optional fields of a part its stored form carries. Part of the format.</summary>
[Flags]
internal enum PartFields
{
    None = 0,
    ContentType = 1 << 0,
    TransferEncoding = 1 << 1,
    Children = 1 << 2,
    EmbeddedMessage = 1 << 3,
    Envelope = 1 << 4,
    Disposition = 1 << 5,
    ContentId = 1 << 6,
    Description = 1 << 7,
    Md5 = 1 << 8,
    Language = 1 << 9,
    Location = 1 << 10,
    Defects = 1 << 11,
    IncompleteEnvelope = 1 << 12,
}
