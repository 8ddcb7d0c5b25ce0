using System.Buffers.Binary;
using System.Text;

namespace PluginMail.Milter.Protocol;

/// <summary>What a milter may do to a message (SMFIF_*).</summary>
[Flags]
internal enum MilterActions : uint
{
    None = 0,
    AddHeaders = 0x01,
    ChangeBody = 0x02,
    AddRecipients = 0x04,
    DeleteRecipients = 0x08,
    ChangeHeaders = 0x10,
    Quarantine = 0x20,
    ChangeSender = 0x40,
    AddRecipientsWithParameters = 0x80,
    SetMacros = 0x100,
    All = 0x1ff,
}

/// <summary>Which steps a milter does without, which it does not answer, and how it wants what it is told (SMFIP_*).</summary>
[Flags]
internal enum MilterSteps : uint
{
    None = 0,
    NoConnect = 0x01,
    NoHelo = 0x02,
    NoMail = 0x04,
    NoRecipient = 0x08,
    NoBody = 0x10,
    NoHeaders = 0x20,
    NoEndOfHeader = 0x40,
    HeaderUnanswered = 0x80,
    NoUnknown = 0x100,
    NoData = 0x200,
    Skip = 0x400,
    RefusedRecipients = 0x800,
    ConnectUnanswered = 0x1000,
    HeloUnanswered = 0x2000,
    MailUnanswered = 0x4000,
    RecipientUnanswered = 0x8000,
    DataUnanswered = 0x10000,
    UnknownUnanswered = 0x20000,
    EndOfHeaderUnanswered = 0x40000,
    BodyUnanswered = 0x80000,
    HeaderLeadingSpace = 0x100000,
    All = 0x1fffff,
}

/// <summary>The moments at which a milter is told macros, as SMFIF_SETSYMLIST numbers them.</summary>
internal enum MacroStage
{
    Connect = 0,
    Helo = 1,
    Mail = 2,
    Recipient = 3,
    Data = 4,
    EndOfMessage = 5,
    EndOfHeader = 6,
}

/// <summary>What this server and a milter agreed on.</summary>
/// <param name="Version">The lower of the two versions.</param>
/// <param name="Actions">What the milter may do.</param>
/// <param name="Steps">How it wants to be told.</param>
/// <param name="Macros">The macros it asked for, by stage; for the others the usual ones are sent.</param>
internal sealed record MilterTerms(uint Version, MilterActions Actions, MilterSteps Steps, IReadOnlyDictionary<MacroStage, string[]> Macros)
{
    /// <summary>The version that is offered; what a milter may answer goes down to <see cref="OldestVersion"/>.</summary>
    public const uint OfferedVersion = 6;

    private const uint OldestVersion = 2;
    private const int FixedLength = 12;
    private const int MostMacros = 200;

    /// <summary>The offer: version, actions, steps, each 32 bits in network order.</summary>
    public static byte[] Offer()
    {
        byte[] offer = new byte[FixedLength];
        BinaryPrimitives.WriteUInt32BigEndian(offer, OfferedVersion);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(4), (uint)MilterActions.All);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(8), (uint)MilterSteps.All);
        return offer;
    }

    /// <summary>Reads what the milter answers to the offer.</summary>
    /// <exception cref="MilterFaultException">It wants what was not offered.</exception>
    public static MilterTerms Read(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < FixedLength)
        {
            throw new MilterFaultException("its negotiation is too short");
        }

        uint version = BinaryPrimitives.ReadUInt32BigEndian(answer);
        uint actions = BinaryPrimitives.ReadUInt32BigEndian(answer[4..]);
        uint steps = BinaryPrimitives.ReadUInt32BigEndian(answer[8..]);
        if (version is < OldestVersion or > OfferedVersion)
        {
            throw new MilterFaultException($"it speaks version {version}; {OldestVersion} to {OfferedVersion} are known");
        }

        if ((actions & ~(uint)MilterActions.All) != 0)
        {
            throw new MilterFaultException($"it wants actions {actions:x}, which were not offered");
        }

        // As Postfix does: steps that nobody offered cannot be told, and lists of macros need no flag.
        return new MilterTerms(version, (MilterActions)actions, (MilterSteps)(steps & (uint)MilterSteps.All), ReadMacros(answer[FixedLength..]));
    }

    /// <summary>Whether a step was agreed on.</summary>
    public bool Has(MilterSteps step) => (Steps & step) != 0;

    /// <summary>Stage as 32 bits, then names parted by spaces and ended by a NUL; again and again. Stages that are not known are passed over.</summary>
    private static Dictionary<MacroStage, string[]> ReadMacros(ReadOnlySpan<byte> lists)
    {
        var macros = new Dictionary<MacroStage, string[]>();
        while (!lists.IsEmpty)
        {
            int end = lists.Length < sizeof(uint) ? -1 : lists[sizeof(uint)..].IndexOf((byte)0);
            if (end < 0)
            {
                throw new MilterFaultException("its lists of macros cannot be understood");
            }

            uint stage = BinaryPrimitives.ReadUInt32BigEndian(lists);

            string[] names = Encoding.Latin1.GetString(lists.Slice(sizeof(uint), end))
                .Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (names.Length > MostMacros)
            {
                throw new MilterFaultException($"it asks for {names.Length} macros");
            }

            if (stage <= (uint)MacroStage.EndOfHeader)
            {
                macros[(MacroStage)stage] = names;
            }

            lists = lists[(sizeof(uint) + end + 1)..];
        }

        return macros;
    }
}
