using System.Text;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <content>Terms that several commands share: flags, dates, sets.</content>
internal ref partial struct ImapReader
{
    /// <summary>The most flags that a command may name.</summary>
    public const int MaximumFlags = 256;

    /// <summary>Octets of the longest keyword.</summary>
    public const int MaximumKeywordLength = 128;

    private static ReadOnlySpan<byte> Months => "janfebmaraprmayjunjulaugsepoctnovdec"u8;

    /// <summary>Reads a sequence set (RFC 3501 section 9, sequence-set).</summary>
    public bool ReadSequenceSet(out SequenceSet set)
    {
        List<SequenceRange> ranges = [];
        set = SequenceSet.Empty;
        do
        {
            if (!ReadSequenceNumber(out uint first))
            {
                return false;
            }

            uint last = first;
            if (TryTake((byte)':') && !ReadSequenceNumber(out last))
            {
                return false;
            }

            ranges.Add(new SequenceRange(first, last));
        }
        while (TryTake((byte)','));
        set = new SequenceSet([.. ranges]);
        return true;
    }

    /// <summary>Whether a sequence set is next.</summary>
    public readonly bool IsSequenceSetNext => char.IsAsciiDigit((char)Next) || Next == '*';

    /// <summary>Reads a list of flags in parentheses.</summary>
    public bool ReadFlagList(out FlagSet flags)
    {
        flags = FlagSet.Empty;
        if (!Expect((byte)'('))
        {
            return false;
        }

        if (TryTake((byte)')'))
        {
            return true;
        }

        return ReadFlags(out flags) && Expect((byte)')');
    }

    /// <summary>Reads flags with spaces between. \Recent is passed over: it is the server's.</summary>
    public bool ReadFlags(out FlagSet flags)
    {
        MessageFlags system = default;
        List<string> keywords = [];
        flags = FlagSet.Empty;
        int count = 0;
        do
        {
            bool isSystem = TryTake((byte)'\\');
            if (!ReadAtom(out ReadOnlySpan<byte> name))
            {
                return false;
            }

            if (++count > MaximumFlags || name.Length > MaximumKeywordLength)
            {
                return Fail("these are too many flags or too long ones");
            }

            if (!isSystem)
            {
                keywords.Add(Encoding.ASCII.GetString(name));
            }
            else if (FlagNames.TryParseSystem(name, out MessageFlags flag))
            {
                system |= flag;
            }
            else if (!Ascii.EqualsIgnoreCase(name, "recent"u8))
            {
                return Fail("this system flag is unknown");
            }
        }
        while (TryTake((byte)' '));
        flags = new FlagSet(system, keywords);
        return true;
    }

    /// <summary>Reads a date (as <c>1-Feb-1994</c>), quoted or not.</summary>
    public bool ReadDate(out DateOnly date)
    {
        date = default;
        bool isQuoted = TryTake((byte)'"');
        return ReadDayMonthYear(out date) && (!isQuoted || Expect((byte)'"'));
    }

    /// <summary>Reads a date-time (as <c>"17-Jul-1996 02:44:25 -0700"</c>).</summary>
    public bool ReadDateTime(out DateTimeOffset date)
    {
        date = default;
        if (!Expect((byte)'"'))
        {
            return false;
        }

        TryTake((byte)' '); // date-day-fixed
        if (!ReadDayMonthYear(out DateOnly day) || !ExpectSpace() || !ReadNumber(out uint hour) || !Expect((byte)':')
            || !ReadNumber(out uint minute) || !Expect((byte)':') || !ReadNumber(out uint second) || !ExpectSpace())
        {
            return false;
        }

        int sign = TryTake((byte)'-') ? -1 : Expect((byte)'+') ? 1 : 0;
        if (sign == 0 || !ReadNumber(out uint zone) || !Expect((byte)'"'))
        {
            return false;
        }

        int offset = sign * (int)((zone / 100 * 60) + (zone % 100));
        if (hour > 23 || minute > 59 || second > 60 || zone % 100 > 59 || zone > 1400 || day.Year < 2)
        {
            return Fail("this is no time of day or zone");
        }

        date = new DateTimeOffset(day.ToDateTime(new TimeOnly((int)hour, (int)minute, (int)Math.Min(second, 59))), TimeSpan.FromMinutes(offset));
        return true;
    }

    private bool ReadSequenceNumber(out uint number)
    {
        number = SequenceRange.Highest;
        return TryTake((byte)'*') || (ReadNumber(out number) && (number != 0 || Fail("message numbers begin at 1")));
    }

    private bool ReadDayMonthYear(out DateOnly date)
    {
        date = default;
        if (!ReadNumber(out uint day) || !Expect((byte)'-') || !ReadMonth(out int month) || !Expect((byte)'-') || !ReadNumber(out uint year))
        {
            return false;
        }

        if (year is < 1 or > 9998 || day < 1 || day > DateTime.DaysInMonth((int)year, month))
        {
            return Fail("there is no such day");
        }

        date = new DateOnly((int)year, month, (int)day);
        return true;
    }

    private bool ReadMonth(out int month)
    {
        month = 0;
        if (Rest.Length >= 3)
        {
            for (int i = 0; i < 12; i++)
            {
                if (Ascii.EqualsIgnoreCase(Rest[..3], Months.Slice(i * 3, 3)))
                {
                    month = i + 1;
                    _at += 3;
                    return true;
                }
            }
        }

        return Fail("a month is expected");
    }
}
