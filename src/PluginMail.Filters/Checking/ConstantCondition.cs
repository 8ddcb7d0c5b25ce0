namespace PluginMail.Filters.Checking;

/// <summary>What a condition is for every message, where constants decide it.</summary>
internal static class ConstantCondition
{
    /// <summary>True or false where the condition is that whatever the message; null where it depends on the message.</summary>
    public static bool? Of(BoundWord test) => test.Word.Name switch
    {
        "true" or "always" => true,
        "false" => false,
        "not" => !Of(test.Tests[0]),
        "allof" or "all" => Of(test, decisive: false),
        "anyof" or "any" => Of(test, decisive: true),
        _ => null,
    };

    private static bool? Of(BoundWord list, bool decisive)
    {
        bool? known = !decisive;
        foreach (var test in list.Tests)
        {
            switch (Of(test))
            {
                case null:
                    known = null;
                    break;
                case { } value when value == decisive:
                    return decisive;
            }
        }

        return known;
    }
}
