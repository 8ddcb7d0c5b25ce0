namespace Gadget;

/// <summary>A library that a plugin brings along.</summary>
public static class Gadgets
{
    public static string Text => "a gadget";
}
