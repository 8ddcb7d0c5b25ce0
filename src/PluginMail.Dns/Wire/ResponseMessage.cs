using System.Diagnostics.CodeAnalysis;
using PluginMail.Abstractions;

namespace PluginMail.Dns.Wire;

/// <summary>How a server says that it went (RFC 1035 section 4.1.1, RFC 6895 section 2.3). Others exist.</summary>
internal enum ResponseCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>A record of the answer section.</summary>
/// <param name="Owner">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="TimeToLive">Seconds.</param>
/// <param name="Data">Its data as <see cref="RecordText"/> writes it.</param>
internal readonly record struct ResourceRecord(string Owner, DnsRecordType Type, uint TimeToLive, string Data);

/// <summary>A server's response to one question (RFC 1035 section 4.1).</summary>
/// <param name="Code">How it went.</param>
/// <param name="IsTruncated">Whether there is more than fitted (TC); the rest is not read then (RFC 2181 section 9).</param>
/// <param name="IsAuthenticated">The AD bit (RFC 4035 section 3.2.3).</param>
/// <param name="Answers">Records of the asked type and aliases, whatever their owners.</param>
/// <param name="NegativeTimeToLive">Seconds for which the absence of data holds (RFC 2308 section 5); null where no SOA record came along.</param>
internal sealed record ResponseMessage(
    ResponseCode Code, bool IsTruncated, bool IsAuthenticated, IReadOnlyList<ResourceRecord> Answers, uint? NegativeTimeToLive)
{
    /// <summary>Whether it only points to other servers (RFC 2308 section 2.2): what a server that does not recurse says.</summary>
    public bool IsReferral { get; private init; }

    /// <summary>Records of the largest response that is read.</summary>
    public const int MaximumRecords = 2048;

    private const ushort Internet = 1;
    private const ushort NameServer = 2;
    private const ushort StartOfAuthority = 6;
    private const ushort Opt = 41;

    /// <summary>Reads a response.</summary>
    /// <param name="message">What came.</param>
    /// <param name="id">The query's id.</param>
    /// <param name="question">The query's question.</param>
    /// <param name="response">The response.</param>
    /// <returns>False where this is not a well-formed response to that query.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ushort id, Question question, [NotNullWhen(true)] out ResponseMessage? response)
    {
        response = null;
        var reader = new MessageReader(message);
        if (!reader.TryRead(out ushort givenId) || givenId != id || !reader.TryRead(out ushort flags) || (flags & 0xF800) != 0x8000
            || !reader.TryRead(out ushort questions) || !reader.TryRead(out ushort answers)
            || !reader.TryRead(out ushort authorities) || !reader.TryRead(out ushort additional))
        {
            return false;
        }

        var code = (ResponseCode)(flags & 0xF);
        bool isTruncated = (flags & 0x0200) != 0;
        if (questions == 0 && code is ResponseCode.FormatError or ResponseCode.NotImplemented or ResponseCode.ServerFailure or ResponseCode.Refused)
        {
            response = new ResponseMessage(code, IsTruncated: false, IsAuthenticated: false, [], null); // they may leave the question out
            return true;
        }

        if (questions != 1 || !IsSame(ref reader, question))
        {
            return false;
        }

        if (isTruncated)
        {
            response = new ResponseMessage(code, isTruncated, IsAuthenticated: false, [], null);
            return true;
        }

        var content = new Content(question.Type);
        if (answers + authorities + additional > MaximumRecords
            || !TryReadSection(ref reader, answers, Section.Answer, content)
            || !TryReadSection(ref reader, authorities, Section.Authority, content)
            || !TryReadSection(ref reader, additional, Section.Additional, content))
        {
            return false;
        }

        code = (ResponseCode)((int)code | content.ExtendedCode);
        response = new ResponseMessage(code, isTruncated, (flags & 0x0020) != 0, content.Answers, content.NegativeTimeToLive)
        {
            IsReferral = content.HasNameServers && content.Answers.Count == 0 && content.NegativeTimeToLive is null && code == ResponseCode.NoError,
        };
        return true;
    }

    private static bool IsSame(ref MessageReader reader, Question question) =>
        reader.TryReadName(out string? name)
        && reader.TryRead(out ushort type)
        && reader.TryRead(out ushort recordClass)
        && recordClass == Internet
        && new Question(name, (DnsRecordType)type) == question;

    private static bool TryReadSection(ref MessageReader reader, int count, Section section, Content content)
    {
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadName(out string? owner)
                || !reader.TryRead(out ushort type)
                || !reader.TryRead(out ushort recordClass)
                || !reader.TryRead(out uint timeToLive)
                || !reader.TryRead(out ushort length))
            {
                return false;
            }

            int end = reader.Position + length;
            var header = new RecordHeader(owner, type, recordClass, timeToLive, length);
            if (!content.TryAdd(ref reader, section, header) || !reader.TrySkip(end - reader.Position))
            {
                return false;
            }
        }

        return true;
    }

    private enum Section
    {
        Answer,
        Authority,
        Additional,
    }

    private readonly record struct RecordHeader(string Owner, ushort Type, ushort Class, uint TimeToLive, ushort Length)
    {
        /// <summary>Seconds; a value with the sign bit counts as 0 (RFC 2181 section 8).</summary>
        public uint Seconds => TimeToLive > int.MaxValue ? 0 : TimeToLive;
    }

    /// <summary>What is kept of the sections.</summary>
    private sealed class Content(DnsRecordType wanted)
    {
        public List<ResourceRecord> Answers { get; } = [];

        public uint? NegativeTimeToLive { get; private set; }

        public int ExtendedCode { get; private set; }

        public bool HasNameServers { get; private set; }

        public bool TryAdd(ref MessageReader reader, Section section, RecordHeader header)
        {
            if (header.Type == Opt && section == Section.Additional)
            {
                ExtendedCode = (int)(header.TimeToLive >> 24) << 4; // RFC 6891 section 6.1.3
                return true;
            }

            if (header.Class != Internet)
            {
                return true;
            }

            HasNameServers |= section == Section.Authority && header.Type == NameServer;
            if (section == Section.Authority && header.Type == StartOfAuthority)
            {
                return TryReadAuthority(ref reader, header);
            }

            var type = (DnsRecordType)header.Type;
            if (section != Section.Answer || (type != wanted && type != DnsRecordType.CNAME))
            {
                return true;
            }

            if (!RecordText.TryRead(ref reader, type, header.Length, out string? data))
            {
                return false;
            }

            Answers.Add(new ResourceRecord(header.Owner, type, header.Seconds, data));
            return true;
        }

        private bool TryReadAuthority(ref MessageReader reader, RecordHeader header)
        {
            int end = reader.Position + header.Length;
            if (!reader.TryReadName(out _) || !reader.TryReadName(out _) || !reader.TrySkip(16) || !reader.TryRead(out uint minimum)
                || reader.Position != end)
            {
                return false;
            }

            NegativeTimeToLive = Math.Min(header.Seconds, minimum > int.MaxValue ? 0 : minimum);
            return true;
        }
    }
}
