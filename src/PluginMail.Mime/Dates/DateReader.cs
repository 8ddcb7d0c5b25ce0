namespace PluginMail.Mime;

/// <summary>Reads the tokens of a date: words, numbers, "hh:mm:ss" and the zone.</summary>
internal ref struct DateReader
{
    private ReadOnlySpan<char> _rest;
    private int _day;
    private int _month;
    private int _year;
    private TimeSpan? _time;
    private TimeSpan _offset;

    public DateReader(ReadOnlySpan<char> text)
    {
        _rest = text;
        _year = -1;
    }

    public bool TryRead(out DateTimeOffset date)
    {
        while (TryTakeToken(out var token))
        {
            if (!TryUse(token))
            {
                break;
            }
        }
        return TryBuild(out date);
    }

    private bool TryUse(ReadOnlySpan<char> token)
    {
        if (_time is null && token.Contains(':'))
        {
            return TryUseTime(token);
        }
        if (token[0] is '+' or '-' || (_time is not null && _year >= 0))
        {
            _offset = ZoneOf(token);
            return false;
        }
        if (char.IsAsciiDigit(token[0]))
        {
            return UseDateNumbers(token);
        }
        if (_month == 0)
        {
            _month = MailDate.MonthOf(token);
        }
        return true;
    }

    /// <summary>"21", "2026" or "21-Nov-2026".</summary>
    private bool UseDateNumbers(ReadOnlySpan<char> token)
    {
        foreach (var range in token.Split('-'))
        {
            var piece = token[range];
            if (_month == 0 && MailDate.MonthOf(piece) is > 0 and var month)
            {
                _month = month;
                continue;
            }
            if (!TryNumber(piece, 6, out var number))
            {
                return false;
            }
            if (_day == 0)
            {
                _day = number;
            }
            else if (_year < 0)
            {
                _year = piece.Length switch
                {
                    <= 2 => number < 50 ? 2000 + number : 1900 + number,
                    3 => 1900 + number,
                    _ => number,
                };
            }
        }
        return true;
    }

    private bool TryUseTime(ReadOnlySpan<char> token)
    {
        Span<int> parts = stackalloc int[3];
        var count = 0;
        foreach (var range in token.Split(':'))
        {
            var piece = token[range];
            var fraction = piece.IndexOf('.');
            piece = count == 2 && fraction > 0 ? piece[..fraction] : piece;
            if (count == 3 || !TryNumber(piece, 2, out parts[count]))
            {
                return false;
            }
            count++;
        }
        if (count < 2 || parts[0] > 23 || parts[1] > 59 || parts[2] > 60)
        {
            return false;
        }
        _time = new TimeSpan(parts[0], parts[1], Math.Min(parts[2], 59));
        return true;
    }

    private static TimeSpan ZoneOf(ReadOnlySpan<char> token)
    {
        if (token[0] is '+' or '-')
        {
            var digits = token[1..];
            var offset = digits.Length == 5 && digits[2] == ':' && TryNumber(digits[..2], 2, out var h) && TryNumber(digits[3..], 2, out var m)
                ? new TimeSpan(h, m, 0)
                : digits.Length is 3 or 4 && TryNumber(digits, 4, out var number) ? new TimeSpan(number / 100, number % 100, 0) : TimeSpan.Zero;
            return token[0] == '-' ? -offset : offset;
        }
        return TimeSpan.FromHours(token.ToString().ToUpperInvariant() switch
        {
            "EDT" => -4,
            "EST" or "CDT" => -5,
            "CST" or "MDT" => -6,
            "MST" or "PDT" => -7,
            "PST" => -8,
            "CET" or "MET" => 1,
            "CEST" or "EET" => 2,
            "JST" => 9,
            _ => 0,
        });
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, int maxLength, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }
            number = (number * 10) + (digit - '0');
            if (--maxLength < 0)
            {
                return false;
            }
        }
        return digits.Length > 0;
    }

    private readonly bool TryBuild(out DateTimeOffset date)
    {
        date = default;
        if (_year is < 1 or > 9999 || _month == 0 || _day < 1 || _time is not { } time || _day > DateTime.DaysInMonth(_year, _month))
        {
            return false;
        }
        var local = new DateTime(_year, _month, _day, 0, 0, 0, DateTimeKind.Unspecified) + time;
        var utcTicks = local.Ticks - _offset.Ticks;
        if (utcTicks < DateTime.MinValue.Ticks || utcTicks > DateTime.MaxValue.Ticks)
        {
            return false;
        }
        date = _offset.Duration() <= TimeSpan.FromHours(14)
            ? new DateTimeOffset(local, _offset)
            : new DateTimeOffset(utcTicks, TimeSpan.Zero);
        return true;
    }

    /// <summary>The next run without white space, commas and comments.</summary>
    private bool TryTakeToken(out ReadOnlySpan<char> token)
    {
        var depth = 0;
        var position = 0;
        while (position < _rest.Length && (depth > 0 || _rest[position] is ' ' or '\t' or '\r' or '\n' or ',' or '(' or ')'))
        {
            depth += _rest[position] == '(' ? 1 : _rest[position] == ')' && depth > 0 ? -1 : 0;
            position++;
        }
        var start = position;
        while (position < _rest.Length && _rest[position] is not (' ' or '\t' or '\r' or '\n' or ',' or '('))
        {
            position++;
        }
        token = _rest[start..position];
        _rest = _rest[position..];
        return !token.IsEmpty;
    }
}
