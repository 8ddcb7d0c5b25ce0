using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>A message being written: bytes made here, and foreign pieces that are passed through without a copy.</summary>
internal sealed class SegmentList
{
    private readonly List<IEnumerable<ReadOnlyMemory<byte>>> _segments = [];
    private ArrayBufferWriter<byte> _own = new();

    /// <summary>Where own bytes go.</summary>
    public IBufferWriter<byte> Output => _own;

    public void Write(string ascii) => Encoding.UTF8.GetBytes(ascii, _own);

    public void Pass(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        EndOwn();
        _segments.Add(pieces);
    }

    public IEnumerable<ReadOnlyMemory<byte>> ToSegments()
    {
        EndOwn();
        return _segments.SelectMany(pieces => pieces);
    }

    private void EndOwn()
    {
        if (_own.WrittenCount > 0)
        {
            _segments.Add([_own.WrittenMemory]);
            _own = new ArrayBufferWriter<byte>();
        }
    }
}
