using System.Buffers;

namespace PluginMail.Mime;

/// <summary>The words of one entry of an address list, and what they mean once the entry has ended.</summary>
internal sealed class AddressWords
{
    private readonly ArrayBufferWriter<byte> _phrase = new(32);
    private readonly ArrayBufferWriter<byte> _local = new(32);
    private readonly ArrayBufferWriter<byte> _domain = new(32);
    private byte[]? _comment;
    private bool _spaceBefore;
    private bool _isBroken;
    private bool _lastWasWord;
    private bool _isClosed;
    private bool _isQuotedLocal;
    private bool _isPhraseLocal;

    /// <summary>True once "&lt;" was seen.</summary>
    public bool HasAngle { get; private set; }

    /// <summary>True once "@" was seen that is not part of a route.</summary>
    public bool HasAt { get; private set; }

    /// <summary>True when the entry is more than white space and comments.</summary>
    public bool HasText { get; private set; }

    /// <summary>True in an obsolete route, whose commas end no entry.</summary>
    public bool IsInRoute => HasAngle && !_isClosed && HasAt && _local.WrittenCount == 0 && !_isQuotedLocal;

    /// <summary>True when a domain is expected next.</summary>
    public bool EndsWithAt => HasAt && _domain.WrittenCount == 0;

    /// <summary>Makes ready for the next entry.</summary>
    public void Reset()
    {
        _phrase.ResetWrittenCount();
        _local.ResetWrittenCount();
        _domain.ResetWrittenCount();
        _comment = null;
        _spaceBefore = _isBroken = _lastWasWord = _isClosed = _isQuotedLocal = _isPhraseLocal = false;
        HasAngle = HasAt = HasText = false;
    }

    public void Space() => _spaceBefore = true;

    public void Comment(ReadOnlySpan<byte> text)
    {
        _comment ??= text.ToArray();
        _spaceBefore = true;
    }

    public void Quoted(ReadOnlySpan<byte> text)
    {
        HasText = true;
        if (!HasAt)
        {
            AddLocal(text, isQuoted: true);
        }
        else
        {
            _isBroken = true;
        }
        AddPhrase(text);
    }

    public void Atom(ReadOnlySpan<byte> text)
    {
        HasText = true;
        if (_isClosed)
        {
            _isBroken = true;
        }
        else if (HasAt)
        {
            AddDomain(text);
        }
        else
        {
            AddLocal(text, isQuoted: false);
        }
        AddPhrase(text);
    }

    public void Literal(ReadOnlySpan<byte> text)
    {
        _isBroken |= !text.EndsWith("]"u8) || _domain.WrittenCount > 0;
        _domain.Write(text);
        _lastWasWord = true;
        _spaceBefore = false;
    }

    public void At()
    {
        HasText = true;
        if ((HasAt && !IsInRoute) || _isClosed)
        {
            _isBroken = true;
            _domain.Write("@"u8);
        }
        HasAt = true;
        _lastWasWord = false;
        AddPhrase("@"u8);
    }

    /// <summary>Separates the hosts of an obsolete route.</summary>
    public void RouteComma() => _lastWasWord = false;

    /// <summary>Ends an obsolete route; elsewhere the entry is broken.</summary>
    public void Colon()
    {
        HasText = true;
        if (IsInRoute)
        {
            _domain.ResetWrittenCount();
            HasAt = false;
            _lastWasWord = false;
            return;
        }
        _isBroken = true;
    }

    public void OpenAngle()
    {
        _isBroken |= HasAngle;
        HasAngle = HasText = true;
        HasAt = false;
        _isQuotedLocal = false;
        _isPhraseLocal = false;
        _lastWasWord = false;
        _spaceBefore = false;
        _local.ResetWrittenCount();
        _domain.ResetWrittenCount();
    }

    public void CloseAngle()
    {
        HasText = true;
        _isBroken |= !HasAngle || _isClosed;
        _isClosed = true;
    }

    /// <summary>The words as a display name, decoded; null when there are none.</summary>
    public string? Phrase() => _phrase.WrittenCount == 0 ? null : HeaderText.Decode(_phrase.WrittenSpan).Text;

    public HeaderAddress ToAddress(ReadOnlySpan<byte> raw)
    {
        var local = CharsetDecoder.DecodeUnlabelled(_local.WrittenSpan, out var localIntact);
        var domain = CharsetDecoder.DecodeUnlabelled(_domain.WrittenSpan, out var domainIntact);
        var isValid = !_isBroken && !_isPhraseLocal && localIntact && domainIntact && HasAt && HasAngle == _isClosed && IsDomain(_domain.WrittenSpan)
            && (_isQuotedLocal || IsAtomWithDots(_local.WrittenSpan));
        var name = HasAngle ? Phrase() : null;
        if (name is null && _comment is not null)
        {
            name = HeaderText.Decode(_comment).Text;
        }
        return new HeaderAddress(name, local, domain) { IsValid = isValid, RawText = isValid ? null : HeaderText.Unfold(raw) };
    }

    private static bool IsDomain(ReadOnlySpan<byte> domain) =>
        (domain.StartsWith("["u8) && domain.Length > 2) || (IsDotSeparated(domain) && domain.IndexOfAny("[]\\"u8) < 0);

    private static bool IsDotSeparated(ReadOnlySpan<byte> text) =>
        IsAtomWithDots(text) && text[0] != (byte)'.' && text[^1] != (byte)'.' && text.IndexOf(".."u8) < 0;

    // Dots anywhere: mailboxes exist that have them at an end or in a row, and their owners do not quote them.
    private static bool IsAtomWithDots(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyInRange((byte)0, (byte)31) < 0;

    /// <summary>Words of a local part are joined by dots; two words with only white space between are no local part.</summary>
    private void AddLocal(ReadOnlySpan<byte> text, bool isQuoted)
    {
        var isWrong = !isQuoted && text.IndexOfAny("\\[]"u8) >= 0;
        _isBroken |= isWrong && HasAngle;
        _isPhraseLocal |= isWrong && !HasAngle;
        Join(_local, text, isQuoted);
        _isQuotedLocal |= isQuoted;
    }

    private void AddDomain(ReadOnlySpan<byte> text) => Join(_domain, text, isQuoted: false);

    private void Join(ArrayBufferWriter<byte> words, ReadOnlySpan<byte> text, bool isQuoted)
    {
        var startsWithDot = !isQuoted && text[0] == (byte)'.';
        if (_lastWasWord && words.WrittenCount > 0 && !startsWithDot && words.WrittenSpan[^1] != (byte)'.')
        {
            _isBroken |= HasAngle || HasAt;
            _isPhraseLocal |= !HasAngle && !HasAt;
            words.Write(" "u8);
        }
        words.Write(text);
        _lastWasWord = true;
    }

    private void AddPhrase(ReadOnlySpan<byte> text)
    {
        if (HasAngle)
        {
            _spaceBefore = false;
            return;
        }
        if (_spaceBefore && _phrase.WrittenCount > 0)
        {
            _phrase.Write(" "u8);
        }
        _phrase.Write(text);
        _spaceBefore = false;
    }
}
