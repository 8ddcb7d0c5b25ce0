using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// Where values come from: a header, the addresses of one, a part of the envelope. Equal sources have equal values in one
/// message, so that they are read once.
/// </summary>
internal abstract record ValueSource
{
    public virtual bool DependsOnEnvelope => false;

    /// <summary>Whether reading it is work that is left undone where no test asks for it.</summary>
    public virtual bool IsExpensive => false;

    public abstract TextValue[] Read(FilterInput input);

    /// <summary>A part of each address.</summary>
    public static TextValue[] Parts(IEnumerable<FilterAddress> addresses, AddressPart part) =>
        [.. addresses.Select(part.Extract).OfType<string>().Select(text => new TextValue(part.HasDomain ? MailAddress.ToALabels(text) : text))];
}

/// <summary>The decoded values of a header.</summary>
internal sealed record HeaderSource : ValueSource
{
    public HeaderSource(string name) => Name = name.ToLowerInvariant();

    public string Name { get; }

    public override TextValue[] Read(FilterInput input) => [.. input.Message.GetHeader(Name).Select(octets => new TextValue(octets))];

    public override string ToString() => $"header {Name}";
}

/// <summary>A part of the addresses in a header.</summary>
internal sealed record HeaderAddressSource : ValueSource
{
    public HeaderAddressSource(string name, AddressPart part)
    {
        Name = name.ToLowerInvariant();
        Part = part;
    }

    public string Name { get; }

    public AddressPart Part { get; }

    public override TextValue[] Read(FilterInput input) => Parts(input.Message.GetAddresses(Name), Part);

    public override string ToString() => $"{Part.Name} of {Name}";
}

/// <summary>A part of an address of the envelope.</summary>
internal sealed record EnvelopeSource(EnvelopePart Envelope, AddressPart Part) : ValueSource
{
    public override bool DependsOnEnvelope => true;

    public override TextValue[] Read(FilterInput input) =>
        Envelope.Extract(input.Envelope) is { } path ? Parts([MailAddress.FromPath(path)], Part) : [];

    public override string ToString() => $"{Part.Name} of envelope {Envelope.Name}";
}

/// <summary>The subject without the prefixes of replies and forwards.</summary>
internal sealed record BaseSubjectSource : ValueSource
{
    public override TextValue[] Read(FilterInput input) =>
        [.. input.Read(new HeaderSource("subject")).Select(value => new TextValue(BaseSubject.Of(value.Octets)))];

    public override string ToString() => "base subject";
}
