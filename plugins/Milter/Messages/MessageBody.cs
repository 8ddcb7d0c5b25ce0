using System.Buffers;
using PluginMail.Abstractions;

namespace PluginMail.Milter.Messages;

/// <summary>
/// Where a message's body begins for milters: behind the empty line, or, as with Postfix, at the first line that is no header field and continues
/// none, with that line. A message has nothing that no milter is shown.
/// </summary>
/// <param name="Start">The offset of its first octet; the end where there is none.</param>
/// <param name="Fields">How many fields stand before it.</param>
internal readonly record struct MessageBody(long Start, int Fields)
{
    private const int BlockLength = 16 * 1024;

    private enum Place
    {
        LineStart,
        CarriageReturn,
        Name,
        SpaceBehindName,
        Rest,
    }

    /// <summary>Finds it.</summary>
    public static MessageBody Find(MessageContent content)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            var search = default(Search);
            long offset = 0;
            for (int count; (count = content.Read(offset, block)) > 0; offset += count)
            {
                for (int i = 0; i < count; i++)
                {
                    if (search.Ends(block[i], offset + i) && !search.PassesOver(content))
                    {
                        return search.Found;
                    }
                }
            }

            return search.AtEnd(offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private struct Search
    {
        private Place _place;
        private long _lineStart;
        private int _fields;
        private bool _isGarbage;
        private bool _hasPassedOver;
        private bool _mayContinue;

        public MessageBody Found { get; private set; }

        /// <summary>Takes an octet.</summary>
        /// <returns>Whether the header ends with it, or ended before its line.</returns>
        public bool Ends(byte octet, long at)
        {
            _lineStart = _place == Place.LineStart ? at : _lineStart;
            bool isSpace = octet is (byte)' ' or (byte)'\t';
            switch (_place)
            {
                case Place.LineStart or Place.CarriageReturn when octet == '\n':
                    return Ended(at + 1, isGarbage: false);
                case Place.LineStart when octet == '\r':
                    _place = Place.CarriageReturn;
                    return false;
                case Place.LineStart when isSpace && _mayContinue:
                    _place = Place.Rest;
                    return false;
                case Place.LineStart or Place.Name when octet is > (byte)' ' and <= (byte)'~' and not (byte)':':
                    _place = Place.Name;
                    return false;
                case Place.Name or Place.SpaceBehindName when isSpace:
                    _place = Place.SpaceBehindName;
                    return false;
                case Place.Name or Place.SpaceBehindName when octet == ':':
                    _fields++;
                    _mayContinue = true;
                    _place = Place.Rest;
                    return false;
                case Place.Rest:
                    _place = octet == '\n' ? Place.LineStart : Place.Rest;
                    return false;
                default:
                    return Ended(_lineStart, isGarbage: true);
            }
        }

        /// <summary>
        /// Whether the line at which the header ended is the first of an mbox file, which stands before a message's own header; then the header goes on.
        /// Above it is this server's Received at most.
        /// </summary>
        public bool PassesOver(MessageContent content)
        {
            Span<byte> start = stackalloc byte[6];
            if (!_isGarbage || _hasPassedOver || _fields > 1)
            {
                return false;
            }

            start = start[..content.Read(_lineStart, start)];
            _hasPassedOver = start.StartsWith("From "u8) || start.StartsWith(">From "u8);
            (_place, _mayContinue) = (Place.Rest, false);
            return _hasPassedOver;
        }

        /// <summary>There are no more octets.</summary>
        public readonly MessageBody AtEnd(long end) => new(_place is Place.LineStart or Place.Rest ? end : _lineStart, _fields);

        private bool Ended(long start, bool isGarbage)
        {
            Found = new MessageBody(start, _fields);
            _isGarbage = isGarbage;
            return true;
        }
    }
}
