using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// What a script can see of a message. Read by one run at a time; results are asked for once and kept by the
/// <see cref="FilterInput"/>. Nothing here throws because of what the message holds.
/// </summary>
public interface IFilterMessage
{
    /// <summary>Size in octets as received.</summary>
    long Size { get; }

    /// <summary>Remarks on what could not be decoded, for the trace; they grow as headers are read.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Whether a header field of that name is there, whatever its value; names compare without case.</summary>
    bool HasHeader(string name);

    /// <summary>The values of all fields of that name in order: unfolded, encoded words decoded (RFC 2047), trimmed, as UTF-8.</summary>
    IReadOnlyList<byte[]> GetHeader(string name);

    /// <summary>The values of all fields of that name in order, unfolded and trimmed, not decoded.</summary>
    IReadOnlyList<byte[]> GetRawHeader(string name);

    /// <summary>The addresses of all fields of that name in order, members of groups included, names of groups not.</summary>
    IReadOnlyList<FilterAddress> GetAddresses(string name);

    /// <summary>The octets of the whole message as received; null where only the header is at hand, so that tests of the body match nothing.</summary>
    MessageContent? Content => null;

    /// <summary>Where the parts lie in <see cref="Content"/>; null where that is.</summary>
    MimeStructure? Structure => null;

    /// <summary>The message as it is after a change; this one stays as it is. A message that cannot show a change answers itself.</summary>
    IFilterMessage With(MessageChange change) => this;
}
