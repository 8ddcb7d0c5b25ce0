using System.Globalization;

namespace PluginMail.Server;

/// <summary>Arguments that several operations have.</summary>
internal static class AdminArguments
{
    /// <summary>A switch that may be on, off or not given.</summary>
    /// <returns>Null where it was not given.</returns>
    /// <exception cref="AdminArgumentException">It is neither true nor false.</exception>
    public static bool? FindSwitch(this AdminRequest request, string name) => request.Find(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        { } other => throw new AdminArgumentException($"'{other}' is neither true nor false, for {name}"),
    };

    /// <summary>A whole number that may be missing.</summary>
    /// <returns>Null where it was not given.</returns>
    /// <exception cref="AdminArgumentException">It is no such number.</exception>
    public static int? FindNumber(this AdminRequest request, string name) =>
        request.Find(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new AdminArgumentException($"'{text}' is not a whole number, for {name} (0: no limit)");

    /// <summary>A word out of some.</summary>
    /// <returns>Null where it was not given.</returns>
    /// <exception cref="AdminArgumentException">It is none of them.</exception>
    public static TEnum? FindWord<TEnum>(this AdminRequest request, string name)
        where TEnum : struct, Enum => request.Find(name) is { } text ? ReadWord<TEnum>(text, name) : null;

    /// <summary>Reads a word out of some.</summary>
    /// <exception cref="AdminArgumentException">It is none of them.</exception>
    public static TEnum ReadWord<TEnum>(string text, string name)
        where TEnum : struct, Enum => Enum.TryParse(text, ignoreCase: true, out TEnum value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
        ? value
        : throw new AdminArgumentException(
            $"'{text}' is not one of {string.Join(", ", Enum.GetNames<TEnum>().Select(Word))}, for {name}");

    /// <summary>A value as it is written.</summary>
    public static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => Word(value.ToString());

    private static string Word(string name) => name.ToLowerInvariant();
}
