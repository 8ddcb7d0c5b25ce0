using System.Collections;
using System.Reflection;
using System.Text;
using PluginMail.Configuration.Options;

namespace PluginMail.Configuration.Tests;

/// <summary>Writes options out property by property, so that two of them can be compared.</summary>
internal static class OptionsText
{
    internal static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, "");
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, string path)
    {
        if (value is string or null || value.GetType().IsPrimitive || value.GetType().Assembly != typeof(MailServerOptions).Assembly && value is not IEnumerable)
        {
            text.AppendLine($"{path} = {value}");
        }
        else if (value is IEnumerable items)
        {
            int i = 0;
            foreach (object? item in items)
            {
                Write(text, item, $"{path}[{i++}]");
            }
        }
        else if (value is Enum or ListenAddress)
        {
            text.AppendLine($"{path} = {value}");
        }
        else
        {
            foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                Write(text, property.GetValue(value), $"{path}.{property.Name}");
            }
        }
    }
}
