using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.Milter.Protocol;

/// <summary>The data of steps that say something.</summary>
internal static class StepData
{
    private const string NullPath = "<>";

    /// <summary>CONNECT: the client's name, then 4 or 6, its port in network order and its address as text.</summary>
    public static byte[] Connect(string name, IPAddress address, int port)
    {
        var data = new ArrayBufferWriter<byte>(100);
        MilterConnection.WriteText(data, name);
        data.Write([address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)'6' : (byte)'4']);
        BinaryPrimitives.WriteUInt16BigEndian(data.GetSpan(sizeof(ushort)), (ushort)port);
        data.Advance(sizeof(ushort));
        MilterConnection.WriteText(data, address.ToString());
        return data.WrittenSpan.ToArray();
    }

    /// <summary>HELO and unknown commands: a text.</summary>
    public static byte[] Text(string text)
    {
        var data = new ArrayBufferWriter<byte>(text.Length + 1);
        MilterConnection.WriteText(data, text);
        return data.WrittenSpan.ToArray();
    }

    /// <summary>MAIL and RCPT: the path in angle brackets, then each parameter as the client wrote it.</summary>
    public static byte[] Path(EmailAddress? address, ImmutableArray<EsmtpParameter> parameters)
    {
        var data = new ArrayBufferWriter<byte>(64);
        MilterConnection.WriteText(data, address is null ? NullPath : $"<{address}>");
        foreach (var parameter in parameters)
        {
            MilterConnection.WriteText(data, parameter.ToString());
        }

        return data.WrittenSpan.ToArray();
    }
}
