namespace PluginMail.Mime;

/// <summary>Pairs of hexadecimal digits in either case.</summary>
internal static class Hex
{
    public static bool TryDecode(byte high, byte low, out byte value)
    {
        var left = Digit(high);
        var right = Digit(low);
        value = (byte)((left << 4) | (right & 0x0F));
        return left >= 0 && right >= 0;
    }

    public static int Digit(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}
