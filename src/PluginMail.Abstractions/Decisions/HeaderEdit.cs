namespace PluginMail.Abstractions;

/// <summary>An edit of the message's own header.</summary>
/// <remarks>Untouched fields stay octet for octet. Names compare without regard to case.</remarks>
public abstract record HeaderEdit : Effect
{
    private const int LongestName = 998;
    private const int LongestWrittenName = 76;

    private HeaderEdit(string name, int longest = LongestWrittenName)
    {
        if (!IsName(name, longest))
        {
            throw new ArgumentException($"'{name}' is not a header field name", nameof(name));
        }

        Name = name;
    }

    /// <summary>The field's name.</summary>
    public string Name { get; }

    /// <summary>Whether a text can be the name of a header field that is written (RFC 5322 section 2.2): 1 to 76 printable ASCII characters without colon.</summary>
    /// <param name="name">The text.</param>
    /// <returns>True when it can. Fields that are there may have longer names, up to 998 characters, and can be removed.</returns>
    public static bool IsFieldName(string name) => IsName(name, LongestWrittenName);

    private static bool IsName(string name, int longest) =>
        name.Length > 0 && name.Length <= longest && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && !name.Contains(':', StringComparison.Ordinal);

    /// <summary>Adds a field.</summary>
    public sealed record Add : HeaderEdit
    {
        /// <summary>Adds a field.</summary>
        /// <param name="name">The name.</param>
        /// <param name="value">The value, unencoded: one line. Folds (a line end before a space or tab) are undone; another line end, or a NUL, is a fault.</param>
        /// <param name="atTop">Above all others (trace fields), else below the last.</param>
        public Add(string name, string value, bool atTop = true)
            : base(name)
        {
            Value = value;
            AtTop = atTop;
        }

        /// <summary>The value, unencoded.</summary>
        public string Value { get; }

        /// <summary>Whether it goes above all others.</summary>
        public bool AtTop { get; }
    }

    /// <summary>Replaces the value of a field, and adds the field where there is none.</summary>
    public sealed record Replace : HeaderEdit
    {
        /// <summary>Replaces a value.</summary>
        /// <param name="name">The name.</param>
        /// <param name="value">The new value, unencoded: one line. Folds (a line end before a space or tab) are undone; another line end, or a NUL, is a fault.</param>
        /// <param name="index">Which of several, from 1; negative counts from the last. Where there is no field of the name, 1 and -1 add it below all others; where there are only fewer, nothing is changed.</param>
        public Replace(string name, string value, int index = 1)
            : base(name)
        {
            Value = value;
            Index = index;
        }

        /// <summary>The new value, unencoded.</summary>
        public string Value { get; }

        /// <summary>Which of several, from 1; negative counts from the last.</summary>
        public int Index { get; }
    }

    /// <summary>Inserts a field exactly as it stands, such as a signature: unencoded, with folds of its own.</summary>
    public sealed record Insert : HeaderEdit
    {
        /// <summary>Inserts a field.</summary>
        /// <param name="name">The name.</param>
        /// <param name="rawValue">The octets behind the colon; see <see cref="IsRawValue"/>. Must not change afterwards.</param>
        /// <param name="position">How many fields stay above it, as <see cref="IMessageView.Headers"/> counts them; where there are fewer, it goes below the last.</param>
        /// <exception cref="ArgumentException">The value has a line end that is no fold, or a NUL; or the position is negative.</exception>
        public Insert(string name, ReadOnlyMemory<byte> rawValue, int position)
            : base(name)
        {
            if (!IsRawValue(rawValue.Span))
            {
                throw new ArgumentException("The value has a line end that is no fold, or a NUL", nameof(rawValue));
            }

            ArgumentOutOfRangeException.ThrowIfNegative(position);
            RawValue = rawValue;
            Position = position;
        }

        /// <summary>The octets between the colon and the line end, the space behind the colon included.</summary>
        public ReadOnlyMemory<byte> RawValue { get; }

        /// <summary>How many fields stay above it.</summary>
        public int Position { get; }

        /// <summary>Whether octets can stand behind a field's colon: each line end (CRLF or LF) is followed by a space or a tab (RFC 5322 section 2.2.3), and there is no NUL or bare CR.</summary>
        /// <param name="value">The octets.</param>
        /// <returns>True when they can.</returns>
        public static bool IsRawValue(ReadOnlySpan<byte> value)
        {
            for (int i; (i = value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0)) >= 0; value = value[(i + 1)..])
            {
                if (value[i] == '\r' && i + 1 < value.Length && value[i + 1] == '\n')
                {
                    i++;
                }

                if (value[i] != '\n' || i + 1 == value.Length || value[i + 1] is not ((byte)' ' or (byte)'\t'))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Removes fields.</summary>
    public sealed record Remove : HeaderEdit
    {
        /// <summary>Removes fields of a name.</summary>
        /// <param name="name">The name.</param>
        /// <param name="index">Which of several, from 1; negative counts from the last; 0 is all.</param>
        public Remove(string name, int index = 0)
            : base(name, LongestName) => Index = index;

        /// <summary>Which of several; 0 is all.</summary>
        public int Index { get; }
    }
}
